import type { Cell, ImageSnapshot, Table } from "@mlog/core";
import type { ExtendedJson } from "../extended-json.ts";

/** Tells a picture from plain data, which never holds a typed array. */
export function isPicture(cell: Cell): cell is ImageSnapshot {
  return (
    typeof cell === "object" &&
    cell !== null &&
    (cell as { kind?: unknown }).kind === "image" &&
    ArrayBuffer.isView((cell as { pixels?: { data?: unknown } }).pixels?.data)
  );
}

/** The pictures of a table, each once. */
export function picturesOf({ rows }: Pick<Table, "rows">): ImageSnapshot[] {
  return [...new Set(rows.flatMap((row) => row.filter(isPicture)))];
}

/** A cell in the table that is a file of the run, which names the class of a picture and no more. */
export function plainCell(cell: Cell): ExtendedJson {
  return isPicture(cell) ? "Image" : cell;
}

/** A value in the table that is an artifact, as Python's client has it there: null for NaN. The infinities stay. */
export function artifactValue(value: Cell): ExtendedJson {
  if (Number.isNaN(value)) return null;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((element: Cell) => artifactValue(element));
  const entries = Object.entries(value as object).map(([key, each]) => [key, artifactValue(each as Cell)]);
  return Object.fromEntries(entries) as ExtendedJson;
}
