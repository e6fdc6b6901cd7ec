import { type Cell, type Table } from "@mlog/core";
import stringWidth from "string-width";
import { printable } from "./printable.ts";

/** Rows and columns of a table that are printed. */
const SHOWN = 10;

/** A number for people: five significant digits, and integers as they are. */
export function numberText(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(5)));
}

/** A value in one line. */
export function valueText(value: Cell): string {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "string") return printable(value);
  if (isPicture(value)) return `(picture ${value.pixels.width}x${value.pixels.height})`;
  return typeof value === "object" && value !== null
    ? printable(JSON.stringify(value, bigintText))
    : String(value);
}

/** JSON has no bigints. */
function bigintText(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function isPicture(value: Cell): value is Extract<Cell, { readonly pixels: unknown }> {
  return typeof value === "object" && value !== null && "pixels" in value && value["kind"] === "image";
}

/** The beginning of a table, in columns, each line indented. */
export function tableText({ columns, rows }: Table): string {
  const shown = [columns, ...rows.slice(0, SHOWN)].map((row) => row.slice(0, SHOWN).map(valueText));
  const widths = shown[0]!.map((_, column) => Math.max(...shown.map((row) => stringWidth(row[column]!))));
  const lines = shown.map((row) =>
    `    ${row.map((cell, i) => cell + " ".repeat(widths[i]! - stringWidth(cell))).join("  ")}`.trimEnd(),
  );
  if (rows.length > SHOWN || columns.length > SHOWN) {
    lines.push(`    ... ${rows.length} rows, ${columns.length} columns in all`);
  }
  return lines.join("\n");
}
