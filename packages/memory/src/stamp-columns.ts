import { Timestamp } from "@mlog/core";
import type { Stamp } from "@mlog/core";
import { PackedColumns } from "./packed-columns.ts";

/**
 * The columns beside the values of a metric: the step, the wall-clock time in Unix milliseconds, then
 * the counters of the timestamp.
 */
export const STAMP_COLUMNS = [
  "step",
  "time",
  "iteration",
  "epoch",
  "batch",
  "sample",
  "token",
  "epochInIteration",
  "tokenInIteration",
  "batchInEpoch",
  "sampleInEpoch",
  "tokenInEpoch",
  "totalWct",
  "iterationWct",
  "epochWct",
  "batchWct",
] as const;

/** One of {@link STAMP_COLUMNS}. */
export type StampColumn = (typeof STAMP_COLUMNS)[number];

/** Column numbers: the values, the order of the calls, then {@link STAMP_COLUMNS} from `STEP` on. */
export const VALUE = -1;
export const SEQUENCE = 0;
export const STEP = 1;
export const TIME = 2;

const COUNTED_FROM: Partial<Record<StampColumn, StampColumn>> = {
  step: "batch",
  time: "totalWct",
  epochInIteration: "epoch",
  tokenInIteration: "token",
  batchInEpoch: "batch",
  sampleInEpoch: "sample",
  tokenInEpoch: "token",
  iterationWct: "totalWct",
  epochWct: "totalWct",
};

export function columnOf(name: StampColumn): number {
  return STEP + STAMP_COLUMNS.indexOf(name);
}

const LAYOUT = [
  -1,
  ...STAMP_COLUMNS.map((name) => {
    const reference = COUNTED_FROM[name];
    return reference === undefined ? -1 : columnOf(reference);
  }),
];

export function createStampColumns(): PackedColumns {
  return new PackedColumns(LAYOUT);
}

/** `uses`: how many times the row will be released, see {@link PackedColumns.release}. */
export function appendStamp(columns: PackedColumns, sequence: number, stamp: Stamp, uses: number): void {
  const { step, time, timestamp } = stamp;
  const at = columns.append(uses);
  const { tail } = columns;
  tail[at] = sequence;
  tail[at + 1] = step;
  tail[at + 2] = time;
  tail[at + 3] = timestamp.iteration;
  tail[at + 4] = timestamp.epoch;
  tail[at + 5] = timestamp.batch;
  tail[at + 6] = timestamp.sample;
  tail[at + 7] = timestamp.token;
  tail[at + 8] = timestamp.epochInIteration;
  tail[at + 9] = timestamp.tokenInIteration;
  tail[at + 10] = timestamp.batchInEpoch;
  tail[at + 11] = timestamp.sampleInEpoch;
  tail[at + 12] = timestamp.tokenInEpoch;
  tail[at + 13] = timestamp.totalWct;
  tail[at + 14] = timestamp.iterationWct;
  tail[at + 15] = timestamp.epochWct;
  tail[at + 16] = timestamp.batchWct;
}

export function readTimestamp(read: (column: number) => number): Timestamp {
  const counters = STAMP_COLUMNS.slice(TIME).map((name) => [name, read(columnOf(name))]);
  return new Timestamp(Object.fromEntries(counters));
}
