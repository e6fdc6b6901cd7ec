import type { EncodedImage } from "@mlog/image";
import type { Cell, Histogram, PlainRecord, Table } from "@mlog/core";
import { type Plugin, type Tensor, tensorEvent, type When } from "./event-message.ts";

const IMAGES: Plugin = { name: "images", dataClass: 3 };
const HISTOGRAMS: Plugin = { name: "histograms", dataClass: 2 };
const TEXT: Plugin = { name: "text", dataClass: 2 };

/** Rows of a table that are shown: a page is to be looked at, and TensorBoard loads all of it. */
const ROWS = 1000;

/** Pictures of one size, which TensorBoard shows beside each other. */
export function imagesEvent(when: When, name: string, images: readonly EncodedImage[]): Uint8Array {
  const [{ width, height }] = images as readonly [EncodedImage];
  const strings = [String(width), String(height), ...images.map(({ data }) => data)];
  return tensorEvent(when, name, IMAGES, { shape: [strings.length], strings });
}

/** Rows of left edge, right edge and count. */
export function histogramEvent(when: When, { name, counts, edges }: Histogram): Uint8Array {
  const doubles = new Float64Array(counts.length * 3);
  for (let i = 0; i < counts.length; i++) doubles.set([edges[i]!, edges[i + 1]!, counts[i]!], i * 3);
  return tensorEvent(when, name, HISTOGRAMS, { shape: [counts.length, 3], doubles });
}

/** Hyperparameters as a table of Markdown. */
export function hyperparametersEvent(when: When, values: PlainRecord): Uint8Array {
  const rows = Object.entries(values).map(([name, value]) => [name, cellText(value)]);
  return textEvent(when, "hyperparameters", markdown(["hyperparameter", "value"], rows));
}

/** A table as one of Markdown. */
export function tableEvent(when: When, { name, columns, rows }: Table): Uint8Array {
  let text = markdown(
    columns,
    rows.slice(0, ROWS).map((row) => row.map(cellText)),
  );
  if (rows.length > ROWS) text += `\n\n... ${rows.length} rows in all`;
  return textEvent(when, name, text);
}

function textEvent(when: When, name: string, text: string): Uint8Array {
  const tensor: Tensor = { shape: [1], strings: [text] };
  return tensorEvent(when, name, TEXT, tensor);
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A cell stays a cell, and what a log holds is text and no markup. */
function escape(text: string): string {
  if (text === "---") return text;
  return text.replace(/[\\|`*_<>[\]&#]/g, "\\$&").replace(/\r\n|\r|\n/g, " ");
}

function cellText(value: Cell): string {
  if (typeof value !== "object" || value === null) return String(value);
  if ("kind" in value && value.kind === "image" && "pixels" in value) {
    const { width, height } = value.pixels as { readonly width: number; readonly height: number };
    return `(picture ${width}x${height})`;
  }
  return JSON.stringify(value, (_name, item: unknown) =>
    typeof item === "bigint" || (typeof item === "number" && !Number.isFinite(item)) ? String(item) : item,
  );
}
