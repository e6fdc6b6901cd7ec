import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { EntryType, RunSummary } from "../protocol.ts";
import type { Api } from "./api.ts";
import { Charts, isSystem, metricNames } from "./charts.tsx";
import { Compare } from "./compare.tsx";
import { Console } from "./console.tsx";
import { Files } from "./files.tsx";
import { Histograms } from "./histograms.tsx";
import { Images } from "./images.tsx";
import { Overview } from "./overview.tsx";
import { RunList } from "./run-list.tsx";
import * as state from "./state.ts";
import { Tables } from "./tables.tsx";
import { Traces } from "./traces.tsx";

interface Tab {
  readonly name: state.TabName;
  readonly title: string;
  /** Whether the shown runs have anything to show there. */
  readonly has: (runs: readonly RunSummary[]) => boolean;
  readonly View: (props: { api: Api }) => JSX.Element;
}

const hasEntries =
  (type: EntryType) =>
  (runs: readonly RunSummary[]): boolean =>
    runs.some((run) => run.entries.some((entry) => entry.type === type));

const TABS: readonly Tab[] = [
  {
    name: "charts",
    title: "Charts",
    has: () => true,
    View: ({ api }) => <Charts api={api} system={false} />,
  },
  { name: "compare", title: "Compare", has: () => true, View: Compare },
  { name: "images", title: "Images", has: hasEntries("images"), View: Images },
  { name: "tables", title: "Tables", has: hasEntries("table"), View: Tables },
  { name: "histograms", title: "Histograms", has: hasEntries("histogram"), View: Histograms },
  { name: "traces", title: "Traces", has: hasEntries("traces"), View: Traces },
  { name: "console", title: "Console", has: hasEntries("output"), View: Console },
  {
    name: "system",
    title: "System",
    has: () => metricNames().some(isSystem),
    View: ({ api }) => <Charts api={api} system />,
  },
  { name: "files", title: "Files", has: () => true, View: Files },
  { name: "overview", title: "Overview", has: () => true, View: Overview },
];

/** The whole page. */
export function App({ api }: { api: Api }): JSX.Element {
  const isListOpen = useSignal(false);
  const tabs = TABS.filter(({ name, has }) => name === state.tab.value || has(state.selected.value));
  const current = tabs.find(({ name }) => name === state.tab.value) ?? tabs[0]!;
  return (
    <div class="page" data-list={isListOpen.value ? "open" : "closed"}>
      <header>
        <h1>mlog</h1>
        <span class="source" title={state.source.value}>
          {state.source.value}
        </span>
        <button
          type="button"
          class="list-button"
          aria-expanded={isListOpen.value}
          aria-controls="runs"
          onClick={() => (isListOpen.value = !isListOpen.value)}
        >
          {state.selected.value.length} of {state.runs.value.size} runs
        </button>
        <Connection api={api} />
      </header>
      <aside id="runs">
        {state.refused.value.length > 0 && (
          <details class="refused">
            <summary>{state.refused.value.length} files are not shown</summary>
            <ul>
              {state.refused.value.slice(0, 50).map(({ file, reason }) => (
                <li key={file}>
                  <code>{file}</code>: {reason}
                </li>
              ))}
            </ul>
          </details>
        )}
        <RunList />
      </aside>
      <main>
        <Tabs tabs={tabs} current={current} />
        <div role="tabpanel" id="panel" aria-labelledby={`tab-${current.name}`} class="panel" tabIndex={-1}>
          {state.isLoaded.value && state.selected.value.length === 0 ? (
            <p class="empty">
              {state.runs.value.size === 0
                ? "There is no run here yet. It appears as soon as one is logged."
                : "No run is chosen. Choose some from the list."}
            </p>
          ) : (
            <current.View api={api} />
          )}
        </div>
      </main>
    </div>
  );
}

function Tabs({ tabs, current }: { tabs: readonly Tab[]; current: Tab }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const at = (tabs.indexOf(current) + step + tabs.length) % tabs.length;
    state.tab.value = tabs[at]!.name;
    list.current!.querySelectorAll<HTMLElement>('[role="tab"]')[at]!.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="What to show" ref={list} onKeyDown={onKeyDown}>
      {tabs.map(({ name, title }) => (
        <button
          type="button"
          role="tab"
          key={name}
          id={`tab-${name}`}
          aria-controls="panel"
          aria-selected={name === current.name}
          tabIndex={name === current.name ? 0 : -1}
          onClick={() => (state.tab.value = name)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

function Connection({ api }: { api: Api }): JSX.Element {
  const text = api.isReport
    ? "report"
    : state.trouble.value !== ""
      ? state.trouble.value
      : state.caughtUp.value
        ? "live"
        : "reading…";
  const kind = state.trouble.value === "" ? "good" : "bad";
  return (
    <span class={`connection ${kind}`} role="status">
      {text}
    </span>
  );
}
