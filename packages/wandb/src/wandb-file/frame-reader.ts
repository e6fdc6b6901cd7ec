import { fstatSync, readSync } from "node:fs";
import { MlogError } from "@mlog/core";
import { BLOCK, CHUNK_HEADER, checksum, FILE_HEADER, FIRST, FULL, LAST, MIDDLE } from "./framing.ts";

/** Reads the payloads of a `.wandb` file, also one that is still being written. */
export class FrameReader {
  readonly #fd: number;
  readonly #block: Buffer = Buffer.alloc(BLOCK);
  /** The block in memory, and how much of it was there when it was read. */
  #blockNumber = -1;
  #filled = 0;
  /** Where the next record begins. */
  #at = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Where the next record begins, in bytes. */
  get position(): number {
    return this.#at;
  }

  /** Whether bytes of an incomplete record follow. */
  get isTorn(): boolean {
    return fstatSync(this.#fd).size > this.#at;
  }

  /**
   * The next payload; undefined if it is not there, or not completely: ask again later.
   *
   * @throws MlogError `WANDB_FILE_DAMAGED`: the bytes are no such file, or were changed
   */
  next(): Uint8Array | undefined {
    if (this.#at === 0 && !this.#readHeader()) return undefined;
    const parts: Uint8Array[] = [];
    let at = this.#at;
    for (;;) {
      const room = BLOCK - (at % BLOCK);
      if (room < CHUNK_HEADER) at += room;
      const header = this.#bytes(at, CHUNK_HEADER);
      if (header === undefined) return undefined;
      const sum = header.readUInt32LE(0);
      const length = header.readUInt16LE(4);
      const type = header[6]!;
      if ((at % BLOCK) + CHUNK_HEADER + length > BLOCK)
        throw damaged(at, "a chunk crosses the end of its block");
      const bytes = this.#bytes(at + CHUNK_HEADER, length);
      if (bytes === undefined) return undefined;
      if (checksum(type, bytes) !== sum) throw damaged(at, "the checksum does not match");
      const isFirst = type === FULL || type === FIRST;
      if (type < FULL || type > LAST || isFirst !== (parts.length === 0)) {
        throw damaged(at, `a chunk of type ${type} is out of place`);
      }
      at += CHUNK_HEADER + length;
      // The block's memory is used again, so every part is a copy.
      parts.push(Buffer.from(bytes));
      if (type === FIRST || type === MIDDLE) continue;
      this.#at = at;
      return parts.length === 1 ? parts[0] : Buffer.concat(parts);
    }
  }

  #readHeader(): boolean {
    const header = this.#bytes(0, FILE_HEADER.length);
    if (header === undefined) return false;
    if (!header.equals(FILE_HEADER)) throw damaged(0, "it does not begin as a .wandb file");
    this.#at = FILE_HEADER.length;
    return true;
  }

  #bytes(at: number, length: number): Buffer | undefined {
    const number = Math.floor(at / BLOCK);
    const start = at - number * BLOCK;
    if (number !== this.#blockNumber || start + length > this.#filled) {
      this.#filled = readFully(this.#fd, this.#block, number * BLOCK);
      this.#blockNumber = number;
    }
    return start + length > this.#filled ? undefined : this.#block.subarray(start, start + length);
  }
}

function readFully(fd: number, buffer: Buffer, position: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

function damaged(at: number, what: string): MlogError {
  return new MlogError(
    "WANDB_FILE_DAMAGED",
    `the .wandb file is damaged at byte ${at}: ${what}; what stands before it is whole`,
  );
}
