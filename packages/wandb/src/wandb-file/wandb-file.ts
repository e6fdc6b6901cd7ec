import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { FILE_HEADER, frame } from "./framing.ts";
import { encodeRecord, type WandbRecord } from "./messages.ts";

/** What is kept for records that wait, in bytes. */
const BUFFER = 256 * 1024;

/** Writes the records of a `.wandb` file, with their numbers. */
export class WandbFile {
  readonly #fd: number;
  #position = 0;
  #records = 0;
  /** What waits to be written is at its beginning. A buffer for each record would be garbage that is collected late. */
  #buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER);
  #waiting = 0;

  /**
   * Makes the file anew, and writes its header at once: readers insist on it.
   *
   * @throws what `node:fs` throws
   */
  constructor(path: string) {
    this.#fd = openSync(path, "w");
    this.#add(FILE_HEADER);
    this.write();
  }

  /** Takes a record; it is in the file after {@link write}. */
  append(record: WandbRecord): void {
    this.#add(frame(encodeRecord({ num: ++this.#records, ...record }), this.#position));
  }

  /** Writes what waits. If that throws, it waits on. */
  write(): void {
    const length = this.#waiting;
    const start = this.#position - length;
    let done = 0;
    while (done < length) done += writeSync(this.#fd, this.#buffer, done, length - done, start + done);
    this.#waiting = 0;
    if (this.#buffer.length > BUFFER) this.#buffer = Buffer.allocUnsafeSlow(BUFFER);
  }

  /** Writes what waits, and syncs. */
  sync(): void {
    this.write();
    fdatasyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #add(bytes: Uint8Array): void {
    const end = this.#waiting + bytes.length;
    if (end > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 * end);
      this.#buffer.copy(larger, 0, 0, this.#waiting);
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#waiting);
    this.#waiting = end;
    this.#position += bytes.length;
  }
}
