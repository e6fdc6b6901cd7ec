import type { State, TimeUnit } from "@mlog/core";

/** Names of units, for people. */
export const UNIT_NAMES: Readonly<Record<TimeUnit, string>> = {
  iter: "iteration",
  ep: "epoch",
  ba: "batch",
  sp: "sample",
  tok: "token",
  dur: "duration",
  sec: "second",
};

/** How far training is, as Composer shows it: `[epoch=1/4][batch=30]`, or `[batch=30/100]`. */
export function positionText({ timestamp, maxDuration }: Pick<State, "timestamp" | "maxDuration">): string {
  if (maxDuration === undefined || maxDuration.unit === "dur") return `[batch=${timestamp.batch}]`;
  const { unit, value } = maxDuration;
  if (unit !== "ep") return `[${UNIT_NAMES[unit]}=${timestamp.get(unit).value}/${value}]`;
  // At the end of an epoch the counters are those of the next, but what is shown belongs to the one that ended.
  const isAtEnd = timestamp.batchInEpoch === 0 && timestamp.epoch > 0;
  const epoch = isAtEnd ? timestamp.epoch : timestamp.epoch + 1;
  return `[epoch=${epoch}/${value}][batch=${isAtEnd ? timestamp.batch : timestamp.batchInEpoch}]`;
}
