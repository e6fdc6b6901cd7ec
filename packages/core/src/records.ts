import type { PlainValue } from "./plain-value.ts";
import type { DType, TensorData } from "./tensor.ts";
import type { Timestamp } from "./timestamp.ts";

/** When something was logged. */
export interface Stamp {
  /** The step that the caller gave, else the batch of `timestamp`. A non-negative safe integer. */
  readonly step: number;
  /** How far training was. */
  readonly timestamp: Timestamp;
  /** Wall-clock time of the call, in Unix milliseconds. */
  readonly time: number;
}

/** One call of {@link Logger.logMetrics}, each value already a number. */
export interface Metrics extends Iterable<readonly [name: string, value: number]> {
  /** The same array object for the same set of names, so that it can be a cache key. */
  readonly names: readonly string[];
  /** `values[i]` belongs to `names[i]`. Valid only during the call: copy what you keep. */
  readonly values: Float64Array;
}

/** One call of {@link Logger.logTable}: deeply frozen, may be kept. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** Row-major; every row is as long as `columns`. */
  readonly rows: readonly (readonly Cell[])[];
}

/** A cell of a {@link Table}: plain data, or a picture. */
export type Cell = PlainValue | ImageSnapshot;

/** The raw values of one picture, copied once from what the caller gave. */
export interface Pixels {
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  readonly channels: number;
  /** `"first"`: (C,H,W), one plane after the other. `"last"`: (H,W,C), interleaved. */
  readonly channelsAt: "first" | "last";
  readonly dtype: DType;
  /**
   * `height * width * channels` values; float16 and bfloat16 as their bits in a `Uint16Array`. Large
   * ones are in shared memory, which may be used again when nothing in this thread refers to it any
   * more: who hands it to a worker refers to it until that is done.
   */
  readonly data: TensorData;
}

/** The class of each pixel of a picture. */
export interface Mask {
  readonly height: number;
  readonly width: number;
  /** `height * width` class ids, row by row. */
  readonly data: TensorData;
}

/** One picture with its masks: frozen, shared by all destinations. */
export interface ImageSnapshot {
  readonly kind: "image";
  readonly pixels: Pixels;
  /** Mask name -> mask of the same height and width. */
  readonly masks: Readonly<Record<string, Mask>>;
}

/** One call of {@link Logger.logImages}: frozen, may be kept. */
export interface ImageBatch {
  readonly name: string;
  readonly images: readonly ImageSnapshot[];
  /** Class id -> its name, shared by all masks. */
  readonly maskClassLabels: Readonly<Record<number, string>>;
  /** Show the pictures as a table of one column (W&B: under `"<name> Table"`), not as a list. */
  readonly useTable: boolean;
}

/** One call of {@link Logger.logHistogram}: frozen, may be kept. */
export interface Histogram {
  readonly name: string;
  /** How many finite values fell into each bin. */
  readonly counts: Float64Array;
  /** `counts.length + 1` ascending edges; the last bin includes its right edge. */
  readonly edges: Float64Array;
  /** Values counted apart, since no bin can hold them. */
  readonly nonFinite: { readonly nan: number; readonly infinity: number; readonly negativeInfinity: number };
}
