import type { Bench } from "./bench.ts";
import type { Kind } from "./subject.ts";

/** What is logged in calls: events come from the loop, and files are handed over. */
export type LoggedKind = Exclude<Kind, "file" | "event">;

/** The plainest call of each kind, under a name of its own: what else is special about calls, other rules test. */
const calls: Record<LoggedKind, (bench: Bench, name: string, value: number) => void> = {
  metric: ({ logger }, name, value) => logger.logMetrics({ [name]: value }),
  hyperparameter: ({ logger }, name, value) => logger.logHyperparameters({ [name]: value }),
  table: ({ logger }, name, value) => logger.logTable(["value"], [[value]], { name }),
  image: ({ logger }, name, value) =>
    logger.logImages({ data: Uint8Array.of(value), shape: [1, 1] }, { name }),
  histogram: ({ logger }, name, value) => logger.logHistogram(name, [value, value + 1], { bins: 1 }),
  trace: ({ logger }, name, value) => logger.logTraces({ [name]: value }),
};

/** One call of this kind. */
export function logOne(bench: Bench, kind: LoggedKind, name: string, value: number): void {
  calls[kind](bench, name, value);
}

/** Four calls of each kind, none of which needs to know of another. */
export function logSome(bench: Bench, kinds: readonly Kind[]): void {
  for (let batch = 0; batch < 4; batch++) {
    for (const kind of loggedKinds(kinds)) logOne(bench, kind, `${kind}-${batch}`, batch);
    bench.state.nextBatch();
  }
}

/** The kinds that are logged in calls. */
export function loggedKinds(keeps: readonly Kind[]): readonly LoggedKind[] {
  return keeps.filter((kind) => kind !== "file" && kind !== "event");
}
