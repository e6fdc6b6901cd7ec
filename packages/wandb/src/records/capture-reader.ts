import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { parseExtended } from "../extended-json.ts";
import type { CaptureRecord } from "./capture-record.ts";

/**
 * How much is read at once, in bytes. What is made of it should still be young when it becomes garbage: of more, V8 would
 * keep tens of megabytes, and collect them late.
 */
const READ = 32 * 1024;
const NEWLINE = 10;

/** Reads the records of a capture, also of one that is still being written. */
export class CaptureReader {
  readonly #path: string;
  #fd: number | undefined;
  #position = 0;
  /** The beginning of a line whose end was not there yet. */
  #rest: Buffer = Buffer.alloc(0);
  /** Of its own: one per read would be megabytes of garbage per second. */
  readonly #block = Buffer.allocUnsafeSlow(READ);

  constructor(path: string) {
    this.#path = path;
  }

  /** The next records; none if no whole line is there: ask again later. An incomplete last line is never read. */
  read(): CaptureRecord[] {
    if (this.#fd === undefined && !existsSync(this.#path)) return [];
    this.#fd ??= openSync(this.#path, "r");
    // A long line is read in ever larger pieces, since each is copied to the one before.
    const block = this.#rest.length > READ ? Buffer.allocUnsafeSlow(this.#rest.length) : this.#block;
    const count = readSync(this.#fd, block, 0, block.length, this.#position);
    if (count === 0) return [];
    this.#position += count;
    const bytes = Buffer.concat([this.#rest, block.subarray(0, count)]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    this.#rest = bytes.subarray(end);
    if (end === 0) return this.read();
    const lines = bytes.toString("utf8", 0, end - 1).split("\n");
    return lines.map((line) => parseExtended(line) as unknown as CaptureRecord);
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
