import { closeSync, ftruncateSync, fstatSync, openSync, readSync, writeSync } from "node:fs";

/** A file that only grows, of what was indexed of one log. Open only while it is used: there may be thousands. */
export class ColumnFile {
  readonly #path: string;
  #size: number;
  #fd: number | undefined;

  /** @param size what is valid of the file, in bytes; the rest is cut off */
  constructor(path: string, size: number) {
    this.#path = path;
    this.#size = size;
    const fd = openSync(path, "a", 0o600);
    try {
      ftruncateSync(fd, size);
    } finally {
      closeSync(fd);
    }
  }

  get size(): number {
    return this.#size;
  }

  /** @returns where `bytes` begin */
  append(bytes: Uint8Array): number {
    const fd = this.#open();
    const position = this.#size;
    for (let written = 0; written < bytes.length;) {
      written += writeSync(fd, bytes, written, bytes.length - written, position + written);
    }
    this.#size += bytes.length;
    return position;
  }

  /** The bytes, aligned to 8 in their memory. */
  read(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      const count = readSync(this.#open(), bytes, filled, length - filled, position + filled);
      if (count === 0) throw new Error(`the index ends at byte ${position + filled} of ${position + length}`);
      filled += count;
    }
    return bytes;
  }

  /** Lets go of the file until it is used again. */
  release(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** The size of the file at `path` in bytes, 0 if there is none. */
  static sizeOf(path: string): number {
    try {
      const fd = openSync(path, "r");
      try {
        return fstatSync(fd).size;
      } finally {
        closeSync(fd);
      }
    } catch {
      return 0;
    }
  }

  #open(): number {
    this.#fd ??= openSync(this.#path, "r+");
    return this.#fd;
  }
}
