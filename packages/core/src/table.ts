import { assertName } from "./arguments.ts";
import { MlogRangeError, invalid } from "./errors.ts";
import { toPlain } from "./plain-value.ts";
import type { ImageSnapshot, Table } from "./records.ts";

/**
 * A frozen copy of a table.
 *
 * @throws `INVALID_TABLE`, `INVALID_NAME`
 */
export function readTable(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  name: string,
): Table {
  assertName(name, "name");
  for (const column of readArray(columns, "columns")) assertName(column, "columns");
  const copy = readArray(rows, "rows").map((row, index) => {
    const cells = readArray(row, `rows[${index}]`).map((value) => (isImage(value) ? value : toPlain(value)));
    if (cells.length === columns.length) return Object.freeze(cells);
    throw new MlogRangeError(
      "INVALID_TABLE",
      `rows[${index}] has ${cells.length} cells for ${columns.length} columns: every row must have one per column`,
    );
  });
  return Object.freeze({ name, columns: Object.freeze([...columns]), rows: Object.freeze(copy) });
}

function isImage(value: unknown): value is ImageSnapshot {
  return (value as Partial<ImageSnapshot> | null)?.kind === "image";
}

/** A copy without holes. */
function readArray<Value>(value: readonly Value[], argument: string): Value[] {
  if (!Array.isArray(value)) throw invalid("INVALID_TABLE", `${argument} must be an array`, value);
  return Array.from(value as Value[]);
}
