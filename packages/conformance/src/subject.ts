import type { LoggerDestination } from "@mlog/core";

/** What a destination may keep, each as one or more records of this kind. */
export const KINDS = [
  "metric",
  "hyperparameter",
  "table",
  "image",
  "histogram",
  "trace",
  "event",
  "file",
] as const;

/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

/** Every part of a stamp that a destination may keep with a record. */
export const STAMP_FIELDS = ["step", "time", "epoch", "batch", "sample", "token"] as const;

/** One of {@link STAMP_FIELDS}. */
export type StampField = (typeof STAMP_FIELDS)[number];

/**
 * One thing that a destination holds. A call with several names (metrics, hyperparameters, traces) is several records.
 *
 * | kind | `value` |
 * | --- | --- |
 * | `metric` | the number; the strings `"NaN"`, `"Infinity"`, `"-Infinity"` stand for those |
 * | `hyperparameter`, `trace` | plain data; a bigint may be a number or its digits |
 * | `table` | `{ columns, rows }` |
 * | `image` | an array of `{ width, height, channels?, pixels? }`, `pixels` as (H,W,C) bytes |
 * | `histogram` | `{ counts, edges }` |
 * | `event` | none; `name` is the event |
 * | `file` | its text; `name` is the remote name |
 */
export interface HeldRecord extends Partial<Readonly<Record<StampField, number>>> {
  readonly kind: Kind;
  readonly name: string;
  readonly value?: unknown;
}

/** A destination under test, and how to look at what it holds. */
export interface Subject {
  readonly destination: LoggerDestination;
  /**
   * What it holds now, as somebody else would read it: from the file, from the server, never from what the
   * destination remembers of its calls. Called after `flush()` and after `close()`.
   */
  read(): readonly HeldRecord[] | Promise<readonly HeldRecord[]>;
  /** Gives back folders and servers, and lets go what hangs. Called at the end, also of a test that failed. */
  dispose?(): void | Promise<void>;
}

/**
 * How the place behaves that the destination writes to: its disk, its server. One that `fails` answers each attempt
 * with an error; one that `hangs` does not answer.
 */
export type Sink = "works" | "fails" | "hangs";

/** Makes a destination that no logger has yet, writing to a place of its own. */
export type SubjectFactory = (sink: Sink) => Subject | Promise<Subject>;
