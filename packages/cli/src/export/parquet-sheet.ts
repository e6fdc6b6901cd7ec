import { once } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { ParquetRequest, ParquetStart } from "./parquet-worker.ts";
import { ColumnBuffer, type RowGroup } from "./row-group.ts";
import type { Cell, Column, Sheet } from "./sheet.ts";

/** Rows that are held in memory and written together. With many columns there are fewer, to bound the memory. */
const GROUP_ROWS = 100_000;
const GROUP_CELLS = 2_000_000;

/** How long the thread may take to end by itself, in ms. */
const PATIENCE = 2000;

/** A Parquet file. It is encoded in a thread of its own, while the next row group is gathered: two of them are held. */
export class ParquetSheet implements Sheet {
  readonly #columns: readonly Column[];
  readonly #groupRows: number;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** That the thread has done what it was last asked for. */
  #answer: Promise<unknown>;
  #buffers: readonly ColumnBuffer[];
  #rows = 0;

  constructor(path: string, columns: readonly Column[]) {
    this.#columns = columns;
    this.#groupRows = Math.max(1000, Math.min(GROUP_ROWS, Math.floor(GROUP_CELLS / columns.length)));
    this.#buffers = this.#newBuffers();
    const start: ParquetStart = { path, columns };
    const module = createRequire(import.meta.url).resolve("#parquet-worker");
    this.#worker = new Worker(module, { name: "mlog parquet", workerData: start, execArgv: [] });
    this.#exited = new Promise((resolve) => this.#worker.on("exit", () => resolve()));
    this.#answer = this.#nextAnswer();
  }

  add(cells: readonly Cell[]): Promise<void> | void {
    const buffers = this.#buffers;
    const row = this.#rows;
    for (let i = 0; i < buffers.length; i++) buffers[i]!.set(row, cells[i]!);
    this.#rows = row + 1;
    if (this.#rows === this.#groupRows) return this.#hand();
  }

  async finish(): Promise<void> {
    if (this.#rows > 0) await this.#hand();
    await this.#ask("finish", []);
    await this.#answer;
    await this.#exit();
  }

  async discard(): Promise<void> {
    this.#worker.postMessage("discard" satisfies ParquetRequest, []);
    await this.#exit();
  }

  /** The thread was told its last. It is ended only if it does not end by itself. */
  async #exit(): Promise<void> {
    const timer = setTimeout(() => void this.#worker.terminate(), PATIENCE).unref();
    await this.#exited;
    clearTimeout(timer);
  }

  async #hand(): Promise<void> {
    const columns = this.#buffers.map((buffer) => buffer.toCells());
    const group: RowGroup = { rows: this.#rows, columns };
    this.#rows = 0;
    this.#buffers = this.#newBuffers();
    await this.#ask(
      group,
      columns.flatMap(({ numbers, missing }) =>
        missing === undefined ? [numbers.buffer] : [numbers.buffer, missing.buffer],
      ),
    );
  }

  /** Waits until the thread has done what it was asked for before. */
  async #ask(request: ParquetRequest, memory: readonly ArrayBuffer[]): Promise<void> {
    await this.#answer;
    this.#answer = this.#nextAnswer();
    this.#worker.postMessage(request, memory);
  }

  #nextAnswer(): Promise<unknown> {
    const answer = once(this.#worker, "message");
    // Whoever waits for it is told.
    answer.catch(() => undefined);
    return answer;
  }

  #newBuffers(): ColumnBuffer[] {
    return this.#columns.map((column) => new ColumnBuffer(column, this.#groupRows));
  }
}
