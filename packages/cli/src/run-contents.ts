import { type ReadOptions, readRun } from "@mlog/file";
import type { Output } from "./output.ts";

/** What is known of one metric after all its values were seen. */
export interface MetricSummary {
  count: number;
  finite: number;
  nan: number;
  first: number;
  last: number;
  lastStep: number;
  /** This and the next two are of the finite values; NaN if there is none. */
  min: number;
  max: number;
  mean: number;
}

/** What is known of all records of one name. */
export interface NamedSummary {
  count: number;
  lastStep: number;
  /** Rows of the last table, pictures of the last call. */
  size: number;
}

/** What a run holds, gathered in one pass; memory grows with the number of names only. */
export interface RunContents {
  run: string | undefined;
  readonly ranks: Set<number>;
  readonly sessions: Set<number>;
  records: number;
  damaged: number;
  dropped: number;
  started: number | undefined;
  ended: number | undefined;
  lastStep: number;
  lastEpoch: number;
  /** How the last session of the last rank ended; undefined if it did not. */
  end: { readonly error: { readonly name: string; readonly message: string } | null } | undefined;
  readonly hyperparameters: Map<string, unknown>;
  readonly metrics: Map<string, MetricSummary>;
  readonly tables: Map<string, NamedSummary>;
  readonly images: Map<string, NamedSummary>;
  readonly histograms: Map<string, NamedSummary>;
  readonly outputLines: { stdout: number; stderr: number };
}

/** Reads all of a run once. */
export async function readContents(
  path: string,
  output: Output,
  options?: ReadOptions,
): Promise<RunContents> {
  const contents: RunContents = {
    run: undefined,
    ranks: new Set(),
    sessions: new Set(),
    records: 0,
    damaged: 0,
    dropped: 0,
    started: undefined,
    ended: undefined,
    lastStep: 0,
    lastEpoch: 0,
    end: undefined,
    hyperparameters: new Map(),
    metrics: new Map(),
    tables: new Map(),
    images: new Map(),
    histograms: new Map(),
    outputLines: { stdout: 0, stderr: 0 },
  };
  for await (const record of readRun(path, options)) {
    contents.records++;
    output.status(() => `${contents.records} records read`);
    if (record.type === "damaged") {
      contents.damaged++;
      continue;
    }
    contents.ranks.add(record.rank);
    contents.sessions.add(record.session);
    contents.started ??= record.time;
    contents.ended = record.time;
    contents.lastStep = Math.max(contents.lastStep, record.step);
    contents.lastEpoch = Math.max(contents.lastEpoch, record.epoch);
    switch (record.type) {
      case "start":
        contents.run ??= record.run;
        contents.end = undefined;
        break;
      case "metrics":
        for (const name of Object.keys(record.metrics)) {
          addValue(contents.metrics, name, record.metrics[name]!, record.step);
        }
        break;
      case "hyperparameters":
        for (const [name, value] of Object.entries(record.hyperparameters))
          contents.hyperparameters.set(name, value);
        break;
      case "table":
        addNamed(contents.tables, record.name, record.step, record.rows.length);
        break;
      case "images":
        addNamed(contents.images, record.name, record.step, record.images.length);
        break;
      case "histogram":
        addNamed(contents.histograms, record.name, record.step, record.counts.length);
        break;
      case "output":
        contents.outputLines[record.stream]++;
        break;
      case "dropped":
        contents.dropped += record.to - record.from + 1;
        break;
      case "end":
        contents.end = { error: record.error };
        break;
      default:
    }
  }
  return contents;
}

function addValue(metrics: Map<string, MetricSummary>, name: string, value: number, step: number): void {
  let known = metrics.get(name);
  if (known === undefined) {
    known = {
      count: 0,
      finite: 0,
      nan: 0,
      first: value,
      last: value,
      lastStep: step,
      min: NaN,
      max: NaN,
      mean: NaN,
    };
    metrics.set(name, known);
  }
  known.count++;
  known.last = value;
  known.lastStep = step;
  if (Number.isNaN(value)) known.nan++;
  if (!Number.isFinite(value)) return;
  known.finite++;
  // Written so that the first finite value replaces NaN.
  if (!(known.min <= value)) known.min = value;
  if (!(known.max >= value)) known.max = value;
  known.mean = known.finite === 1 ? value : known.mean + (value - known.mean) / known.finite;
}

function addNamed(names: Map<string, NamedSummary>, name: string, step: number, size: number): void {
  const known = names.get(name);
  if (known === undefined) names.set(name, { count: 1, lastStep: step, size });
  else Object.assign(known, { count: known.count + 1, lastStep: step, size });
}
