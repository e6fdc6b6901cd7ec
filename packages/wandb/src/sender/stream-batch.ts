import type { RunState } from "../records/run-state.ts";

/** How many bytes of lines one request carries, if no single line is longer. */
const REQUEST_BYTES = 8 * 1024 * 1024;
/** What the server takes as one line, in bytes. */
export const LINE_BYTES: number = 10 * 1024 * 1024 - 100 * 1024;

/** Lines of one file, from one offset on. Each is JSON already, as a string in JSON. */
class Lines {
  offset: number;
  readonly content: string[] = [];

  constructor(offset: number) {
    this.offset = offset;
  }

  print(): string {
    return `{"offset":${this.offset},"content":[${this.content.join(",")}]}`;
  }

  /** The lines have arrived. */
  advance(): void {
    this.offset += this.content.length;
    this.content.length = 0;
  }
}

/** What the next request of the stream carries. */
export class StreamBatch {
  readonly #history: Lines;
  readonly #output: Lines;
  #uploaded: string[] = [];
  #bytes = 0;
  /** The summary has changed since it was last sent. */
  summaryChanged = false;

  constructor(historyOffset: number, outputOffset: number) {
    this.#history = new Lines(historyOffset);
    this.#output = new Lines(outputOffset);
  }

  /** No further line shall be added. */
  get isFull(): boolean {
    return this.#bytes >= REQUEST_BYTES;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0 && this.#uploaded.length === 0 && !this.summaryChanged;
  }

  /** The rows that wait. */
  get rows(): number {
    return this.#history.content.length;
  }

  addRow(line: string): void {
    this.#add(this.#history, line);
  }

  addOutput(line: string): void {
    this.#add(this.#output, line);
  }

  addUploaded(name: string): void {
    this.#uploaded.push(name);
  }

  /** The request. `end` is there if it shall be the last one. */
  print(state: RunState, end: { readonly exitCode: number } | undefined): string {
    const files: string[] = [];
    if (this.#history.content.length > 0) files.push(`"wandb-history.jsonl":${this.#history.print()}`);
    if (this.summaryChanged) {
      const summary = JSON.stringify(state.summary.print());
      if (Buffer.byteLength(summary) <= LINE_BYTES) {
        files.push(`"wandb-summary.json":{"offset":0,"content":[${summary}]}`);
      }
    }
    if (this.#output.content.length > 0) files.push(`"output.log":${this.#output.print()}`);
    const parts: string[] = [];
    if (files.length > 0) parts.push(`"files":{${files.join(",")}}`);
    if (this.#uploaded.length > 0) parts.push(`"uploaded":${JSON.stringify(this.#uploaded)}`);
    if (end !== undefined) parts.push(`"complete":true,"exitcode":${end.exitCode}`);
    return `{${parts.join(",")}}`;
  }

  /** The request has arrived, and nothing was added since it was printed. Returns its rows. */
  advance(): number {
    const rows = this.#history.content.length;
    this.#history.advance();
    this.#output.advance();
    this.#uploaded = [];
    this.#bytes = 0;
    this.summaryChanged = false;
    return rows;
  }

  #add(lines: Lines, line: string): void {
    const text = JSON.stringify(line);
    lines.content.push(text);
    this.#bytes += Buffer.byteLength(text);
  }
}
