import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import type { RunSummary } from "../protocol.ts";
import { runColour } from "./colours.ts";
import { formatAge, formatBytes, formatCount, formatNumber, formatValue } from "./format.ts";
import { differing } from "./hyperparameters.ts";
import * as state from "./state.ts";

type Order = "newest" | "oldest" | "name" | "steps" | "status";

const search: Signal<string> = signal("");
const order: Signal<Order> = signal("newest");
const MAX_TAGS = 4;
/** Runs in the list at first; more on demand, since a browser is slow with thousands. */
const PAGE = 100;
const shown: Signal<number> = signal(PAGE);

const ORDERS: Readonly<Record<Order, (a: RunSummary, b: RunSummary) => number>> = {
  newest: (a, b) => (b.started ?? 0) - (a.started ?? 0),
  oldest: (a, b) => (a.started ?? 0) - (b.started ?? 0),
  name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
  steps: (a, b) => b.step - a.step,
  status: (a, b) => a.status.localeCompare(b.status),
};

/** All runs, to choose from. */
export function RunList(): JSX.Element {
  const all = [...state.runs.value.values()];
  const tags = differing(all);
  const found = all
    .filter((run) => matches(run, search.value))
    .sort((a, b) => ORDERS[order.value](a, b) || a.name.localeCompare(b.name));
  const chosen = new Set(state.selected.value.map((run) => run.id));
  return (
    <section class="runs" aria-label="Runs">
      <div class="search">
        <input
          type="search"
          aria-label="Search runs"
          placeholder="name, seed=1, status:failed"
          value={search.value}
          onInput={(event) => (search.value = event.currentTarget.value)}
        />
        <label>
          <span class="visually-hidden">Sort runs</span>
          <select
            value={order.value}
            onChange={(event) => (order.value = event.currentTarget.value as Order)}
          >
            <option value="newest">Newest first</option>
            <option value="oldest">Oldest first</option>
            <option value="name">Name</option>
            <option value="steps">Steps</option>
            <option value="status">Status</option>
          </select>
        </label>
      </div>
      <p class="count" role="status">
        {found.length === all.length
          ? formatCount(all.length, "run")
          : `${found.length} of ${formatCount(all.length, "run")}`}
        , {chosen.size} shown
        <button
          type="button"
          class="quiet"
          onClick={() => (state.chosen.value = found.slice(0, 20).map((run) => run.id))}
        >
          Show these
        </button>
        <button type="button" class="quiet" onClick={() => (state.chosen.value = [])}>
          Show none
        </button>
      </p>
      <ul>
        {found.slice(0, shown.value).map((run) => (
          <RunItem key={run.id} run={run} isShown={chosen.has(run.id)} tags={tags} />
        ))}
      </ul>
      {found.length > shown.value && (
        <button type="button" onClick={() => (shown.value += PAGE)}>
          {found.length - shown.value} more
        </button>
      )}
    </section>
  );
}

function RunItem({
  run,
  isShown,
  tags,
}: {
  run: RunSummary;
  isShown: boolean;
  tags: readonly string[];
}): JSX.Element {
  const colour = runColour(state.colourOf.value.get(run.id) ?? 0);
  const own = tags.filter((name) => Object.hasOwn(run.hyperparameters, name));
  const toShow = own.length > 0 ? own : Object.keys(run.hyperparameters);
  return (
    <li class="run" data-shown={isShown}>
      <label>
        <input
          type="checkbox"
          checked={isShown}
          style={isShown ? { accentColor: colour } : {}}
          onChange={() => state.toggleRun(run.id)}
        />
        <span class="swatch" style={isShown ? { background: colour } : {}} />
        <span class="name" title={run.path}>
          {run.name}
        </span>
        <span class={`status ${run.status}`}>{run.status}</span>
      </label>
      <p class="about">
        step {formatNumber(run.step)}
        {run.ranks.length > 1 && ` · ${run.ranks.length} ranks`}
        {run.started !== null && ` · ${formatAge(run.updated ?? run.started, Date.now())}`}
        {run.bytes < run.size && ` · reading ${formatBytes(run.bytes)} of ${formatBytes(run.size)}`}
        {run.problemCount > 0 && <span class="warn"> · {formatCount(run.problemCount, "problem")}</span>}
      </p>
      <p class="tags">
        {toShow.slice(0, MAX_TAGS).map((name) => {
          const text = `${name}=${formatValue(run.hyperparameters[name])}`;
          return (
            <button
              type="button"
              class="tag"
              key={name}
              title={`Find runs with ${text}`}
              onClick={() => (search.value = text)}
            >
              {text}
            </button>
          );
        })}
      </p>
    </li>
  );
}

/** Each word must be found: `name=value` among the hyperparameters, `status:word`, else in the name. */
function matches(run: RunSummary, words: string): boolean {
  return words
    .split(/\s+/)
    .filter((word) => word !== "")
    .every((word) => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
      if (name !== undefined) {
        return (
          Object.hasOwn(run.hyperparameters, name) &&
          formatValue(run.hyperparameters[name]).startsWith(value!)
        );
      }
      if (word.startsWith("status:")) return run.status.startsWith(word.slice(7));
      return `${run.name} ${run.path}`.toLowerCase().includes(word.toLowerCase());
    });
}
