import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { safeJson } from "../printable.ts";
import type { Cell, Column, Sheet } from "./sheet.ts";

const CHUNK = 256 * 1024;

/** How rows become text. */
interface Layout {
  readonly begin: string;
  row(cells: readonly Cell[]): string;
  readonly between: string;
  readonly end: string;
}

/** A sheet of text: CSV as RFC 4180 has it, or an array of JSON objects. */
export class TextSheet implements Sheet {
  readonly #stream: Writable;
  readonly #layout: Layout;
  #text: string;
  #isEmpty = true;

  constructor(stream: Writable, columns: readonly Column[], format: "csv" | "json") {
    this.#stream = stream;
    this.#layout = format === "csv" ? csvLayout(columns) : jsonLayout(columns);
    this.#text = this.#layout.begin;
  }

  add(cells: readonly Cell[]): Promise<void> | void {
    this.#text += this.#isEmpty ? this.#layout.row(cells) : this.#layout.between + this.#layout.row(cells);
    this.#isEmpty = false;
    if (this.#text.length >= CHUNK) return this.#write();
  }

  async finish(): Promise<void> {
    this.#text += this.#layout.end;
    await this.#write();
    // The terminal or pipe of the process is not ours to close.
    if (this.#stream === process.stdout) return;
    this.#stream.end();
    await finished(this.#stream);
  }

  async discard(): Promise<void> {
    if (this.#stream === process.stdout) return;
    this.#stream.destroy();
    await finished(this.#stream).catch(() => undefined);
  }

  async #write(): Promise<void> {
    const isTaken = this.#stream.write(this.#text);
    this.#text = "";
    if (!isTaken) await once(this.#stream, "drain");
  }
}

function csvLayout(columns: readonly Column[]): Layout {
  return {
    begin: `${columns.map(({ name }) => csvText(name)).join(",")}\r\n`,
    row: (cells) => {
      let text = "";
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i]!;
        if (i > 0) text += ",";
        if (cell !== null) text += typeof cell === "number" ? cell : csvText(cell);
      }
      return `${text}\r\n`;
    },
    between: "",
    end: "",
  };
}

function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Missing values are left out. */
function jsonLayout(columns: readonly Column[]): Layout {
  const names = columns.map(({ name }) => safeJson(name));
  return {
    begin: "[\n",
    row: (cells) => {
      let text = "";
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i]!;
        if (cell === null) continue;
        text += `${text === "" ? "{" : ","}${names[i]}:${typeof cell === "number" && Number.isFinite(cell) ? cell : safeJson(cell)}`;
      }
      return text === "" ? "{}" : `${text}}`;
    },
    between: ",\n",
    end: "\n]\n",
  };
}
