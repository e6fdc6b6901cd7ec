import type { LineRecord } from "../protocol.ts";

/** A file beside the log. The page shows only what the server found to be a picture. */
export interface PictureFile {
  readonly file: string | null;
}

export interface Picture extends PictureFile {
  readonly width: number;
  readonly height: number;
  readonly masks: Readonly<Record<string, PictureFile>>;
}

/** A table as it stands in a log. */
export interface TableData {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface HistogramData {
  readonly step: number;
  readonly counts: readonly number[];
  readonly edges: readonly number[];
}

/** The pictures of a record, and what the classes of their masks are called. */
export function picturesOf(record: LineRecord): {
  pictures: readonly Picture[];
  labels: Readonly<Record<string, string>>;
} {
  const pictures = asArray(record["images"]).filter(isPicture);
  const labels = Object.entries(asObject(record["maskClassLabels"]));
  return { pictures, labels: Object.fromEntries(labels.map(([id, label]) => [id, String(label)])) };
}

export function tableOf(record: LineRecord): TableData {
  return {
    columns: asArray(record["columns"]).map(String),
    types: asArray(record["types"]).map(String),
    rows: asArray(record["rows"]).map(asArray),
  };
}

export function histogramOf(record: LineRecord): HistogramData {
  return {
    step: record.step,
    counts: asArray(record["counts"]).map(Number),
    edges: asArray(record["edges"]).map(Number),
  };
}

/** The picture of a cell; undefined if it holds something else. */
export function pictureInCell(cell: unknown): Picture | undefined {
  const picture = asObject(cell)["$image"];
  return isPicture(picture) ? picture : undefined;
}

function isPicture(value: unknown): value is Picture {
  const { file, width, height, masks } = asObject(value);
  return (
    (typeof file === "string" || file === null) &&
    typeof width === "number" &&
    typeof height === "number" &&
    typeof masks === "object" &&
    masks !== null
  );
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
