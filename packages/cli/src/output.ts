import stringWidth from "string-width";
import { printable, safeJson } from "./printable.ts";

/** The least time between two updates of the status, in milliseconds. */
const STATUS_EVERY = 100;

/** A cell that is a number, or none. */
const NUMBER = /^(?:-?(?:\d[\d.e+-]*|Infinity)|NaN)?$/;

/** Where a command writes: results to stdout, everything else to stderr. Nothing reaches a terminal that it would obey. */
export class Output {
  /** Results are JSON. */
  readonly json: boolean;
  #hasStatus = false;
  #statusAt = -Infinity;

  constructor(json: boolean) {
    this.json = json;
  }

  /** A line of the result. */
  line(text = ""): void {
    this.clearStatus();
    process.stdout.write(`${printable(text)}\n`);
  }

  /** The whole result as JSON. */
  data(value: unknown): void {
    this.clearStatus();
    process.stdout.write(`${safeJson(value, 2)}\n`);
  }

  /** One of many results, as JSON in one line. */
  row(value: unknown): void {
    process.stdout.write(`${safeJson(value)}\n`);
  }

  /** Columns that are as wide as they need be; numbers to the right. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const all = [head, ...rows].map((row) => row.map(printable));
    const widths = head.map((_, i) => all.reduce((width, row) => Math.max(width, stringWidth(row[i]!)), 0));
    const isNumber = head.map((_, i) => rows.length > 0 && rows.every((row) => NUMBER.test(row[i]!)));
    for (const row of all) {
      const cells = row.map((cell, i) => {
        const space = " ".repeat(widths[i]! - stringWidth(cell));
        return isNumber[i] ? space + cell : cell + space;
      });
      this.line(cells.join("  ").trimEnd());
    }
  }

  /** Something beside the result. */
  note(text: string): void {
    this.clearStatus();
    process.stderr.write(`${printable(text)}\n`);
  }

  /** How far long work is, on a terminal, replaced by the next. */
  status(text: () => string): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#statusAt < STATUS_EVERY) return;
    this.#statusAt = now;
    this.#hasStatus = true;
    process.stderr.write(`\r${printable(text()).slice(0, (process.stderr.columns || 80) - 1)}\u001b[K`);
  }

  clearStatus(): void {
    if (this.#hasStatus) process.stderr.write("\r\u001b[K");
    this.#hasStatus = false;
  }
}
