import { Logger, type State, type Timestamp } from "@mlog/core";
import { InMemoryLogger } from "@mlog/memory";
import type { Metrics } from "../harness/rows.ts";

/** A way to keep metrics in memory. */
export interface Store {
  /** One call. The loop has advanced `state` before it. */
  log(metrics: Metrics): void;
  /** The sum of all values kept, to prove that they are there. */
  sum(): number;
}

export type StoreName = "array" | "mlog" | "objects" | "Composer";

export const STORES: Readonly<
  Record<StoreName, (state: State, names: readonly string[], calls: number) => Store>
> = {
  array: (_state, names, calls) => arrayStore(names.length * calls),
  mlog: (state, names) => mlogStore(state, names),
  objects: (state) => objectStore(state),
  Composer: (state) => composerStore(state),
};

/** The floor: the numbers of all calls, one behind the other, in memory taken beforehand. */
function arrayStore(points: number): Store {
  const values = new Float64Array(points);
  let used = 0;
  return {
    log(metrics) {
      let at = used;
      for (const name in metrics) values[at++] = metrics[name]!;
      used = at;
    },
    sum: () => sumOf(values.subarray(0, used)),
  };
}

/** Per metric a list of values with their timestamps; those are immutable and shared by a batch. */
function objectStore(state: State): Store {
  const series = new Map<string, { readonly timestamp: Timestamp; readonly value: number }[]>();
  return {
    log(metrics) {
      const { timestamp } = state;
      for (const name in metrics) {
        const point = { timestamp, value: metrics[name]! };
        const points = series.get(name);
        if (points === undefined) series.set(name, [point]);
        else points.push(point);
      }
    },
    sum: () => [...series.values()].reduce((sum, points) => sum + sumOf(points.map(({ value }) => value)), 0),
  };
}

/** The same with all that Composer's logger does: it copies the metrics first and keeps the last of each. */
function composerStore(state: State): Store {
  const objects = objectStore(state);
  const mostRecentValues = new Map<string, number>();
  const mostRecentTimestamps = new Map<string, Timestamp>();
  return {
    log(metrics) {
      const copy = { ...metrics };
      objects.log(copy);
      for (const name in copy) {
        mostRecentValues.set(name, copy[name]!);
        mostRecentTimestamps.set(name, state.timestamp);
      }
    },
    sum: () => objects.sum(),
  };
}

function mlogStore(state: State, names: readonly string[]): Store {
  const memory = new InMemoryLogger();
  const logger = new Logger(state, memory);
  return {
    log: (metrics) => logger.logMetrics(metrics),
    sum: () => names.reduce((sum, name) => sum + sumOf(memory.getTimeseries(name).values), 0),
  };
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
