import type { EntryType, LogSummary } from "../protocol.ts";
import type { CurveQuery, LogCurve } from "./curve.ts";
import type { LogIdentity } from "./log-index.ts";

/** Where records of one kind stand in one log, from the `from`-th on, counted from the last if it is negative. */
export interface PlacesQuery {
  readonly type: EntryType;
  readonly name: string;
  readonly from: number;
  readonly count: number;
}

export interface Places {
  readonly steps: number[];
  readonly times: number[];
  readonly bytes: number[];
}

/** Everything that the worker is asked for. Logs are known by their number. */
export interface IndexRequests {
  /** Begins with a log. Gives the byte from which it is to be read. */
  open: (log: number, identity: LogIdentity) => number;
  /** Takes the bytes of a log from `start` on. Gives the byte that is next. */
  add: (log: number, start: number, bytes: Uint8Array) => number;
  /** Forgets a log, and what is kept of it, or only lets go of it. */
  forget: (log: number, andDiscard: boolean) => void;
  /** Moves rows to the files and keeps the state of logs that were read on. */
  save: (logs: readonly number[]) => void;
  summaries: (logs: readonly number[]) => LogSummary[];
  curves: (logs: readonly number[], query: CurveQuery) => (LogCurve | null)[];
  places: (log: number, query: PlacesQuery) => Places;
}

/** The last message to the thread, which then ends. */
export const END = "end";

/** One call of one of the {@link IndexRequests}. */
export interface Call {
  readonly id: number;
  readonly name: keyof IndexRequests;
  readonly args: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };
