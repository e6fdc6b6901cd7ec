import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Axis, LiveMessage, Problem, RunSummary } from "../protocol.ts";

/** Runs that are shown before anyone has chosen some. */
const SHOWN_AT_FIRST = 5;

export type TabName =
  | "charts"
  | "compare"
  | "images"
  | "tables"
  | "histograms"
  | "traces"
  | "console"
  | "system"
  | "files"
  | "overview";

const TABS: readonly string[] = [
  "charts",
  "compare",
  "images",
  "tables",
  "histograms",
  "traces",
  "console",
  "system",
  "files",
  "overview",
] satisfies TabName[];

/** All runs that there are. */
export const runs: Signal<ReadonlyMap<string, RunSummary>> = signal(new Map());
export const refused: Signal<readonly Problem[]> = signal([]);
export const source: Signal<string> = signal("");
export const caughtUp: Signal<boolean> = signal(false);
/** What is wrong with the connection, in words; empty if nothing is. */
export const trouble: Signal<string> = signal("");
/** Whether the first message has come. */
export const isLoaded: Signal<boolean> = signal(false);

export const tab: Signal<TabName> = signal("charts");
/** Ids of the runs that someone chose; null: nobody has. */
export const chosen: Signal<readonly string[] | null> = signal(null);
export const axis: Signal<Axis> = signal("step");
export const smoothing: Signal<number> = signal(0);
export const isLog: Signal<boolean> = signal(false);
export const showsBand: Signal<boolean> = signal(true);
/** Charts whose names have this in them. */
export const metricFilter: Signal<string> = signal("");

/** The runs that are shown, in the order in which they were chosen. */
export const selected: ReadonlySignal<readonly RunSummary[]> = computed(() => {
  const all = runs.value;
  if (chosen.value !== null) return chosen.value.flatMap((id) => all.get(id) ?? []);
  return byTime([...all.values()]).slice(0, SHOWN_AT_FIRST);
});

/** Each shown run has a place among the colours that it keeps while it is shown. */
export const colourOf: ReadonlySignal<ReadonlyMap<string, number>> = (() => {
  let before = new Map<string, number>();
  return computed(() => {
    const next = new Map<string, number>();
    for (const { id } of selected.value) if (before.has(id)) next.set(id, before.get(id)!);
    const taken = new Set(next.values());
    let free = 0;
    for (const { id } of selected.value) {
      if (next.has(id)) continue;
      while (taken.has(free)) free++;
      taken.add(free);
      next.set(id, free);
    }
    before = next;
    return next;
  });
})();

/** Newest first. */
function byTime(list: readonly RunSummary[]): RunSummary[] {
  return [...list].sort((a, b) => (b.started ?? 0) - (a.started ?? 0) || a.name.localeCompare(b.name));
}

export function take(message: LiveMessage): void {
  const next = new Map(runs.value);
  for (const id of message.gone) next.delete(id);
  for (const run of message.runs) next.set(run.id, run);
  runs.value = next;
  refused.value = message.refused;
  source.value = message.source;
  caughtUp.value = message.caughtUp;
  isLoaded.value = true;
}

export function toggleRun(id: string): void {
  const now = selected.value.map((run) => run.id);
  chosen.value = now.includes(id) ? now.filter((each) => each !== id) : [...now, id];
}

/** Keeps what is shown in the address, so that going back works and a reload shows the same. */
export function followAddress(): void {
  const read = (): void => {
    const [, name = "", query = ""] = /^#\/([a-z]*)\??(.*)$/.exec(location.hash) ?? [];
    if (TABS.includes(name)) tab.value = name as TabName;
    const ids = new URLSearchParams(query).get("runs");
    chosen.value = ids === null ? null : ids.split(",").filter((id) => id !== "");
  };
  read();
  addEventListener("hashchange", read);
  effect(() => {
    const ids = chosen.value === null ? "" : `?runs=${chosen.value.join(",")}`;
    const hash = `#/${tab.value}${ids}`;
    if (location.hash !== hash) history.replaceState(null, "", hash);
  });
}
