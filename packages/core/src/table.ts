import { MlogRangeError, MlogTypeError, describe } from "./errors.ts";
import { assertName } from "./metric-set.ts";
import { toPlain } from "./plain-value.ts";
import type { Cell, ImageSnapshot, Table } from "./records.ts";

/**
 * A frozen copy of a table.
 *
 * @throws MlogTypeError or MlogRangeError `INVALID_TABLE`, `INVALID_NAME`
 */
export function readTable(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  name: string,
): Table {
  assertName(name, "name");
  assertArray(columns, "columns");
  assertArray(rows, "rows");
  for (const column of columns) assertName(column, "columns");
  return Object.freeze({
    name,
    columns: Object.freeze([...columns]),
    rows: Object.freeze(
      rows.map((row, index) => {
        assertArray(row, `rows[${index}]`);
        if (row.length !== columns.length) {
          throw new MlogRangeError(
            "INVALID_TABLE",
            `rows[${index}] has ${row.length} cells, and the table has ${columns.length} columns: every row must have one cell per column`,
          );
        }
        return Object.freeze(Array.from(row, readCell));
      }),
    ),
  });
}

function readCell(value: unknown): Cell {
  return isImage(value) ? value : toPlain(value);
}

function isImage(value: unknown): value is ImageSnapshot {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as { kind?: unknown }).kind === "image" &&
    "pixels" in value
  );
}

function assertArray(value: unknown, argument: string): void {
  if (!Array.isArray(value)) {
    throw new MlogTypeError("INVALID_TABLE", `${argument} must be an array, not ${describe(value)}`);
  }
}
