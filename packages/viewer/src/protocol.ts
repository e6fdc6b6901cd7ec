/** What the server and the page say to each other. The page trusts none of the names and texts in it. */
import type { RecordHead } from "@mlog/file";

/** What charts may be drawn over. */
export type Axis = "step" | "time" | "epoch";

/** How a process ended, or that it goes on. `stopped`: it ended without closing its logger, or was killed. */
export type RunStatus = "running" | "ended" | "failed" | "stopped";

/** What one metric of one log comes to. */
export interface MetricSummary {
  readonly name: string;
  readonly count: number;
  /** Values that are NaN or infinite. */
  readonly nonFinite: number;
  /** JSON has no word for some numbers; they are texts: NaN, Infinity, -Infinity. */
  readonly last: number | string;
  /** Of the finite values; null if there is none. */
  readonly min: number | null;
  readonly max: number | null;
}

/** A table, a picture and so on, of which a log has any number of records. */
export interface EntryName {
  readonly type: EntryType;
  /** Empty where the type has no names. */
  readonly name: string;
  readonly count: number;
}

export type EntryType = "images" | "table" | "histogram" | "traces" | "output" | "event";

/** Something in a log that cannot be shown. */
export interface Problem {
  /** Of the log, relative to the folder. */
  readonly file: string;
  readonly byte: number;
  readonly reason: string;
}

/** What is known of the log of one process. */
export interface LogSummary {
  readonly rank: number;
  /** As the log names itself; null before its first `start`. */
  readonly run: string | null;
  readonly status: "open" | "ended" | "failed";
  /** What ended it, if it failed. */
  readonly error: string | null;
  /** Unix ms of the first record, and of the last. */
  readonly started: number | null;
  readonly updated: number | null;
  readonly sessions: number;
  readonly step: number;
  readonly epoch: number;
  readonly maxDuration: string | null;
  /** Name to value, as JSON. */
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, unknown>>;
  readonly metrics: readonly MetricSummary[];
  readonly entries: readonly EntryName[];
  readonly dropped: number;
  /** The first few, and how many there are. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  /** Bytes that were read. */
  readonly bytes: number;
}

/** What is known of a run, over the logs of all its ranks. */
export interface RunSummary extends Omit<LogSummary, "rank" | "run" | "status"> {
  readonly id: string;
  readonly name: string;
  /** Where it is, relative to the folder. */
  readonly path: string;
  readonly status: RunStatus;
  readonly ranks: readonly number[];
  /** Bytes that its logs have; more than `bytes` while they are being read. */
  readonly size: number;
}

/** What a page is told. The first message has everything. */
export interface LiveMessage {
  readonly runs: readonly RunSummary[];
  /** Ids of runs that are no longer there. */
  readonly gone: readonly string[];
  /** What of the source is not shown, and why. */
  readonly refused: readonly Problem[];
  /** The folder or the store, as people know it. */
  readonly source: string;
  /** Whether everything that is there has been read. */
  readonly caughtUp: boolean;
}

/** One curve that a page asks for. */
export interface CurveRequest {
  readonly run: string;
  readonly metric: string;
  /** Rows that the page has already; only later ones are sent, if the curve is short enough to have all. */
  readonly after?: number;
}

/** What a chart asks for. */
export interface CurvesRequest {
  readonly curves: readonly CurveRequest[];
  readonly axis: Axis;
  /** In units of the axis: steps, Unix ms, epochs. Undefined: no limit. */
  readonly from?: number;
  readonly to?: number;
  /** Buckets per curve. */
  readonly points: number;
}

/** One curve of one rank as it is sent. */
export interface Curve {
  readonly run: string;
  readonly metric: string;
  readonly rank: number;
  /** Rows that were logged. */
  readonly total: number;
  /** Rows per bucket; 1: all points are there. */
  readonly size: number;
  /** Whether these points follow those that the page has. */
  readonly append: boolean;
  /** False where the points are too many to be sorted, and stand in the order of the log. */
  readonly sorted: boolean;
  readonly nonFinite: number;
  readonly step: Float64Array;
  /** Unix ms. */
  readonly time: Float64Array;
  readonly epoch: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
}

/** Where the records of one kind stand. */
export interface EntryPlaces {
  readonly rank: number;
  readonly steps: readonly number[];
  /** Unix ms. */
  readonly times: readonly number[];
  /** Byte of the log at which each begins: its address for a record. */
  readonly bytes: readonly number[];
}

/** A file that lies in the folder of a run. */
export interface RunFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Unix ms. */
  readonly modified: number;
}

/** A record as the page gets it: the line of the log. */
export type LineRecord = Omit<RecordHead, "session" | "rank"> & { readonly type: string } & Readonly<
    Record<string, unknown>
  >;

const COLUMNS = ["step", "time", "epoch", "min", "max", "mean"] as const;

/** Curves as bytes: the length of the header, the header as JSON, then the numbers. */
export function encodeCurves(curves: readonly Curve[]): Uint8Array<ArrayBuffer> {
  const heads = curves.map(({ step, time: _t, epoch: _e, min: _min, max: _max, mean: _mean, ...head }) => ({
    ...head,
    points: step.length,
  }));
  const json = new TextEncoder().encode(JSON.stringify(heads));
  const start = Math.ceil((4 + json.length) / 8) * 8;
  const numbers = curves.reduce((sum, { step }) => sum + step.length * COLUMNS.length, 0);
  const bytes = new Uint8Array(start + numbers * 8);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  let at = start;
  for (const curve of curves) {
    for (const name of COLUMNS) {
      new Float64Array(bytes.buffer, at, curve[name].length).set(curve[name]);
      at += curve[name].byteLength;
    }
  }
  return bytes;
}

/** The inverse of {@link encodeCurves}. */
export function decodeCurves(buffer: ArrayBuffer): Curve[] {
  const length = new DataView(buffer).getUint32(0, true);
  const json = new TextDecoder().decode(new Uint8Array(buffer, 4, length));
  const heads = JSON.parse(json) as (Omit<Curve, (typeof COLUMNS)[number]> & { points: number })[];
  let at = Math.ceil((4 + length) / 8) * 8;
  return heads.map(({ points, ...head }) => {
    const column = (): Float64Array => {
      const values = new Float64Array(buffer, at, points);
      at += values.byteLength;
      return values;
    };
    return {
      ...head,
      step: column(),
      time: column(),
      epoch: column(),
      min: column(),
      max: column(),
      mean: column(),
    };
  });
}
