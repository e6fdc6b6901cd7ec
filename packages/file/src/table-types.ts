import type { Cell, Table } from "@mlog/core";
import { isPicture } from "./pictures.ts";
import type { ColumnType } from "./record.ts";

/** What each column of a table holds. */
export function columnTypes(table: Table): ColumnType[] {
  return table.columns.map((_, column) => {
    let type: ColumnType = "null";
    for (const row of table.rows) {
      const cell = row[column]!;
      if (cell === null) continue;
      const kind = kindOf(cell);
      if (type !== "null" && type !== kind) return "mixed";
      type = kind;
    }
    return type;
  });
}

function kindOf(cell: Exclude<Cell, null>): ColumnType {
  switch (typeof cell) {
    case "boolean":
    case "string":
      return typeof cell as "boolean" | "string";
    case "object":
      return isPicture(cell) ? "image" : Array.isArray(cell) ? "array" : "object";
    default:
      return "number";
  }
}
