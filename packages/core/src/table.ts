import { assertName } from "./arguments.ts";
import { check } from "./errors.ts";
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
  const names = copyArray(columns, "columns");
  for (const column of names) assertName(column, "columns");
  const copy = copyArray(rows, "rows").map((row, index) => {
    const argument = `rows[${index}]`;
    const cells = copyArray(row, argument).map((value) => (isImage(value) ? value : toPlain(value)));
    const rule = `have ${names.length} cells, one per column`;
    check(cells.length === names.length, "INVALID_TABLE", argument, rule, cells.length);
    return Object.freeze(cells);
  });
  return Object.freeze({ name, columns: Object.freeze(names), rows: Object.freeze(copy) });
}

function isImage(value: unknown): value is ImageSnapshot {
  return (value as Partial<ImageSnapshot> | null)?.kind === "image";
}

/** A copy without holes. */
function copyArray<Value>(value: readonly Value[], argument: string): Value[] {
  check(Array.isArray(value), "INVALID_TABLE", argument, "be an array", value);
  return Array.from(value as Value[]);
}
