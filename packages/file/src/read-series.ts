import { type ReadOptions, readRun } from "./read-run.ts";

/** A metric over the steps of a run. */
export interface Series {
  /** Ascending; a step that was logged twice in one session stands twice. */
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** When each value was logged, in Unix milliseconds. */
  readonly times: Float64Array;
}

/** What {@link readSeries} reads. */
export interface SeriesOptions extends ReadOptions {
  /** Of which process. Default: the first whose log is there. */
  rank?: number;
}

interface Points {
  readonly steps: number[];
  readonly values: number[];
  readonly times: number[];
  readonly sessions: number[];
}

/**
 * The metrics of one rank by name. Where sessions overlap, the later one wins per metric and step: a
 * run that was resumed from a checkpoint repeats steps, and what it logs then replaces what was before.
 *
 * @throws MlogError `LOG_NOT_FOUND`, `FORMAT_TOO_NEW`
 */
export async function readSeries(
  path: string | URL,
  options: SeriesOptions = {},
): Promise<Map<string, Series>> {
  let { rank } = options;
  const metrics = new Map<string, Points>();
  for await (const record of readRun(path, options)) {
    if (record.type !== "metrics") continue;
    rank ??= record.rank;
    if (record.rank !== rank) continue;
    for (const name of Object.keys(record.metrics)) {
      let points = metrics.get(name);
      if (points === undefined)
        metrics.set(name, (points = { steps: [], values: [], times: [], sessions: [] }));
      points.steps.push(record.step);
      points.values.push(record.metrics[name]!);
      points.times.push(record.time);
      points.sessions.push(record.session);
    }
  }
  return new Map([...metrics].map(([name, points]) => [name, toSeries(points)]));
}

function toSeries({ steps, values, times, sessions }: Points): Series {
  const latest = new Map<number, number>();
  for (let i = 0; i < steps.length; i++) {
    latest.set(steps[i]!, Math.max(latest.get(steps[i]!) ?? 0, sessions[i]!));
  }
  const order = [...steps.keys()].filter((i) => sessions[i] === latest.get(steps[i]!));
  order.sort((a, b) => steps[a]! - steps[b]! || a - b);
  const pick = (column: readonly number[]): Float64Array => Float64Array.from(order, (i) => column[i]!);
  return { steps: pick(steps), values: pick(values), times: pick(times) };
}
