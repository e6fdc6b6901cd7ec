import type { BuildRow, Metrics } from "../harness/rows.ts";

/** A way to get metrics into a file. */
export interface Contender {
  /** The file that records end up in; undefined if there is none. */
  readonly path: string | undefined;
  /** What is measured. `step` counts the calls. */
  log(metrics: Metrics, step: number): void;
  /** Outside of what is measured: the loop has finished a batch. */
  nextBatch(): void;
  /** Resolves when what was logged before is in the file. */
  flush(): Promise<void>;
  /** Resolves when all is in the file and nothing is left to do. */
  close(): Promise<void>;
}

/** @param folder an empty folder; @param rows what will be logged, for those who prepare it */
export type OpenContender = (folder: string, rows: BuildRow) => Contender | Promise<Contender>;

/** The record that everybody writes: the fields of a version-1 line of mlog. */
export function recordOf(metrics: Metrics, step: number, time: number): object {
  return {
    v: 1,
    type: "metrics",
    seq: step,
    time,
    step,
    epoch: 0,
    batch: step,
    sample: step,
    token: 0,
    metrics,
  };
}

/** The same with the metrics among the other fields, as a flat record. */
export function flatRecordOf(metrics: Metrics, step: number, time: number): object {
  return {
    v: 1,
    type: "metrics",
    seq: step,
    time,
    step,
    epoch: 0,
    batch: step,
    sample: step,
    token: 0,
    ...metrics,
  };
}

/** Makes the record of a call. */
export type ToRecord = typeof recordOf;

/** Bytes that are gathered before they are written, for those who write on the calling thread. */
export const BLOCK_BYTES = 65_536;
