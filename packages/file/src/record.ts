import type { Event, PlainValue, Ranks, Timestamp } from "@mlog/core";

/** The version of the line format that this package writes, and the newest that it reads. */
export const FORMAT_VERSION = 1;

/**
 * The longest line, in bytes of UTF-8, that is written, and that a reader takes unless it is told
 * otherwise. A longer record is refused when it is logged.
 */
export const MAX_LINE_BYTES: number = 64 * 1024 * 1024;

/** Every counter of a timestamp; see {@link Timestamp}. */
export type TimestampFields = ReturnType<Timestamp["toJSON"]>;

/** What every record has: when it was logged, and in which session of which process. */
export interface RecordHead {
  /** Counts the calls of a file; goes on over sessions. What is missing is named by `dropped` records. */
  readonly seq: number;
  /** Unix milliseconds. */
  readonly time: number;
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
  readonly sample: number;
  readonly token: number;
  /**
   * Only on a record that stands behind later ones, since its pictures had to be written first: the
   * first seq that was not given away when it was written.
   */
  readonly next?: number;
  /** From the `start` record before this one: 0, and one more with each time the run was resumed. */
  readonly session: number;
  /** From the `start` record before this one. */
  readonly rank: number;
}

/** A process began, or went on, to write this file. */
export interface StartRecord extends RecordHead {
  readonly type: "start";
  readonly run: string;
  readonly ranks: Ranks;
  /** Such as `"10ep"`; null if the length of the training was not known. */
  readonly maxDuration: string | null;
  /** Every counter, where a metrics record has only some. */
  readonly timestamp: TimestampFields;
  /** Package or runtime -> version. */
  readonly versions: Readonly<Record<string, string>>;
}

/** One call of `logMetrics`. */
export interface MetricsRecord extends RecordHead {
  readonly type: "metrics";
  readonly metrics: Readonly<Record<string, number>>;
}

/** One call of `logHyperparameters`. */
export interface HyperparametersRecord extends RecordHead {
  readonly type: "hyperparameters";
  readonly hyperparameters: Readonly<Record<string, PlainValue>>;
}

/** One call of `logTraces`. */
export interface TracesRecord extends RecordHead {
  readonly type: "traces";
  readonly traces: Readonly<Record<string, PlainValue>>;
}

/**
 * What all cells of a column are, but for those that are null. `"null"`: all of them; `"mixed"`: of
 * several kinds.
 */
export type ColumnType = "null" | "boolean" | "number" | "string" | "image" | "array" | "object" | "mixed";

/** A cell of a table that was a picture. */
export interface ImageCell {
  readonly $image: ImageReference;
}

/** One call of `logTable`. */
export interface TableRecord extends RecordHead {
  readonly type: "table";
  readonly name: string;
  readonly columns: readonly string[];
  /** One per column. A type that this release does not know comes from a later one. */
  readonly types: readonly ColumnType[];
  /**
   * Row-major. Cells of a column of numbers are numbers or, beyond what those hold exactly, bigints;
   * cells of a column of pictures are {@link ImageCell}s.
   */
  readonly rows: readonly (readonly (PlainValue | ImageCell)[])[];
}

/** One call of `logHistogram`. */
export interface HistogramRecord extends RecordHead {
  readonly type: "histogram";
  readonly name: string;
  readonly counts: readonly number[];
  /** `counts.length + 1` ascending edges; the last bin includes its right edge. */
  readonly edges: readonly number[];
  readonly nonFinite: { readonly nan: number; readonly infinity: number; readonly negativeInfinity: number };
}

/** A file beside the log; all null if the pixels were not stored. */
export interface MediaReference {
  /** Relative to the folder of the log: `media/<sha256>.png` or `.webp`. */
  readonly file: string | null;
  /** In bytes. */
  readonly size: number | null;
  /** Of the file, in hexadecimal. */
  readonly sha256: string | null;
}

/** A picture, and the file that holds it; {@link readMedia} reads it. */
export interface ImageReference extends MediaReference {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: number;
  /** Mask name -> PNG of the size of the picture, whose 8-bit values are class ids. */
  readonly masks: Readonly<Record<string, MediaReference>>;
}

/** One call of `logImages`. */
export interface ImagesRecord extends RecordHead {
  readonly type: "images";
  readonly name: string;
  readonly images: readonly ImageReference[];
  /** Class id -> its name. */
  readonly maskClassLabels: Readonly<Record<string, string>>;
  readonly useTable: boolean;
}

/** A boundary of the training, such as the end of an epoch or of an evaluation. */
export interface EventRecord extends RecordHead {
  readonly type: "event";
  readonly event: Event;
  /** Every counter, after the event. */
  readonly timestamp: TimestampFields;
}

/** One line that the process wrote to stdout or stderr, without its line break. */
export interface OutputRecord extends RecordHead {
  readonly type: "output";
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/** Calls that could not be kept. */
export interface DroppedRecord extends RecordHead {
  readonly type: "dropped";
  /** The first seq that is missing. */
  readonly from: number;
  /** The last seq that is missing. */
  readonly to: number;
}

/** The logger was closed. A session without it was killed, or ended without `close()`. */
export interface EndRecord extends RecordHead {
  readonly type: "end";
  /** What `close({ error })` was given; null if the run ended well. */
  readonly error: { readonly name: string; readonly message: string; readonly code: string | null } | null;
}

/** A record of a type that a later release added to this format version. */
export interface UnknownRecord extends RecordHead {
  readonly type: "unknown";
  /** The line as it is. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** A line that is no record. */
export interface DamagedRecord {
  readonly type: "damaged";
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** Where the line begins in the file. */
  readonly byte: number;
  readonly reason: string;
}

/** What a line of a log says. */
export type LoggedRecord =
  | StartRecord
  | MetricsRecord
  | HyperparametersRecord
  | TracesRecord
  | TableRecord
  | HistogramRecord
  | ImagesRecord
  | EventRecord
  | OutputRecord
  | DroppedRecord
  | EndRecord
  | UnknownRecord;

/** What {@link readRun} gives: tell records apart by their `type`. */
export type RunRecord = LoggedRecord | DamagedRecord;
