import { open } from "node:fs/promises";
import { type LoggedRecord, MAX_LINE_BYTES, type Origin, parseRecord } from "@mlog/file";
import { linesOf, read } from "./log-ends.ts";

const BLOCK = 256 * 1024;
const NEWLINE = 10;

/** Reads what is added to a log: each byte once. */
export class LogFollower {
  readonly path: string;
  readonly #origin: Origin;
  #offset = 0;
  /** Whether the last record that was read ends the run. */
  hasEnded = false;

  constructor(path: string, rank: number) {
    this.path = path;
    this.#origin = { session: 0, rank };
  }

  /** The last `count` records that are there by now; from then on {@link next} goes on behind them. */
  async last(count: number): Promise<LoggedRecord[]> {
    const file = await open(this.path, "r");
    try {
      const { size } = await file.stat();
      let start = size;
      let lines: Buffer[] = [];
      let bytes: Buffer = Buffer.alloc(0);
      do {
        start = Math.max(0, start - Math.max(BLOCK, size - start));
        bytes = await read(file, start, size);
        lines = linesOf(bytes, start > 0);
      } while (lines.length < count && start > 0 && size - start < MAX_LINE_BYTES);
      this.#offset = start + bytes.lastIndexOf(NEWLINE) + 1;
      return this.#parse(count === 0 ? [] : lines.slice(-count));
    } finally {
      await file.close();
    }
  }

  /** The records that were added since. A log that became shorter is read from its beginning. */
  async *next(): AsyncGenerator<LoggedRecord[], void, void> {
    const file = await open(this.path, "r");
    try {
      const { size } = await file.stat();
      if (size < this.#offset) this.#offset = 0;
      for (let length = BLOCK; this.#offset < size;) {
        const bytes = await read(file, this.#offset, Math.min(size, this.#offset + length));
        const end = bytes.lastIndexOf(NEWLINE) + 1;
        if (end === 0 && this.#offset + bytes.length >= size) return;
        if (end === 0 && length < MAX_LINE_BYTES) {
          length *= 2;
          continue;
        }
        // A line that is longer than any record is passed over.
        this.#offset += end === 0 ? bytes.length : end;
        length = BLOCK;
        yield this.#parse(linesOf(bytes.subarray(0, end), false));
      }
    } finally {
      await file.close();
    }
  }

  #parse(lines: readonly Buffer[]): LoggedRecord[] {
    const records = lines.flatMap((line) => {
      const record = parseRecord(line, this.#origin);
      return typeof record === "string" ? [] : [record];
    });
    const last = records.at(-1);
    if (last !== undefined) this.hasEnded = last.type === "end";
    return records;
  }
}
