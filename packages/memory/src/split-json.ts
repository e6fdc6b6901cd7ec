import type { Cell, PlainValue, Table } from "@mlog/core";
import { isImage } from "./pixel-bytes.ts";

/**
 * A table as JSON text in pandas' "split" orientation, `{"columns":[...],"data":[[...]]}`, which is
 * what Composer's `InMemoryLogger` keeps and `pandas.read_json(text, orient="split")` reads.
 *
 * As in pandas, NaN and infinities become null. A bigint becomes its digits, so that none is lost, and
 * a picture `{"kind":"image","height":...,"width":...,"channels":...}`.
 */
export function toSplitJson(table: Table): string {
  const rows = table.rows.map((row) => `[${row.map(encodeCell).join(",")}]`);
  return `{"columns":${JSON.stringify(table.columns)},"data":[${rows.join(",")}]}`;
}

function encodeCell(cell: Cell): string {
  if (!isImage(cell)) return encode(cell);
  const { height, width, channels } = cell.pixels;
  return JSON.stringify({ kind: "image", height, width, channels });
}

function encode(value: PlainValue): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(encode).join(",")}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${encode(member)}`);
  return `{${members.join(",")}}`;
}

function isArray(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}
