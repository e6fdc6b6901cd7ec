import type { Cell, ImageSnapshot, Table } from "@mlog/core";
import type { ImageReference } from "./record.ts";

/** Where each picture of a record is stored. */
export type References = ReadonlyMap<ImageSnapshot, ImageReference>;

/** Tells a picture from plain data, which never holds a typed array. */
export function isPicture(cell: Cell): cell is ImageSnapshot {
  return (
    typeof cell === "object" &&
    cell !== null &&
    (cell as { kind?: unknown }).kind === "image" &&
    ArrayBuffer.isView((cell as { pixels?: { data?: unknown } }).pixels?.data)
  );
}

/** The pictures in the cells of a table. */
export function picturesOf(table: Table): ImageSnapshot[] {
  return table.rows.flatMap((row) => row.filter(isPicture));
}

/** The rows of a table as plain data; a picture becomes `{ "$image": ... }`. */
export function withReferences(table: Table, references: References): unknown[][] {
  return table.rows.map((row) =>
    row.map((cell) => (isPicture(cell) ? { $image: references.get(cell) } : cell)),
  );
}
