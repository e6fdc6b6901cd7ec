import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { FILE_HEADER, frame } from "./framing.ts";
import { encodeRecord, type WandbRecord } from "./messages.ts";

/** Writes the records of a `.wandb` file, with their numbers. */
export class WandbFile {
  readonly #fd: number;
  #position = 0;
  #records = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  /**
   * Makes the file anew, and writes its header at once: readers insist on it.
   *
   * @throws what `node:fs` throws
   */
  constructor(path: string) {
    this.#fd = openSync(path, "w");
    this.#add(Buffer.from(FILE_HEADER));
    this.write();
  }

  /** Takes a record; it is in the file after {@link write}. */
  append(record: WandbRecord): void {
    this.#add(frame(encodeRecord({ num: ++this.#records, ...record }), this.#position));
  }

  /** Writes what waits. If that throws, it waits on. */
  write(): void {
    if (this.#waitingBytes === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    let done = 0;
    const start = this.#position - bytes.length;
    while (done < bytes.length) done += writeSync(this.#fd, bytes, done, bytes.length - done, start + done);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Writes what waits, and syncs. */
  sync(): void {
    this.write();
    fdatasyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #add(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#position += bytes.length;
  }
}
