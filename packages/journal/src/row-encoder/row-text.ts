import type { RowLayout } from "../record-writer.ts";

/** The text of a number in a row: as `JSON.stringify` prints it, or the word for what JSON lacks. */
export function numberText(value: number, nonFinite: RowLayout["nonFinite"]): string {
  return Number.isFinite(value) || nonFinite === "bare" ? String(value) : `"${value}"`;
}

/** The text of a whole row, from its names. */
export function rowText(
  layout: RowLayout,
  fields: Float64Array,
  names: readonly string[],
  values: Float64Array,
): string {
  let text = "";
  for (let i = 0; i < layout.fields.length; i++) {
    text += layout.fields[i]! + numberText(fields[i]!, layout.nonFinite);
  }
  text += layout.open;
  for (let i = 0; i < names.length; i++) {
    const name = JSON.stringify(names[i]);
    text += `${i === 0 ? "" : ","}${name}:${numberText(values[i]!, layout.nonFinite)}`;
  }
  return text + layout.close;
}
