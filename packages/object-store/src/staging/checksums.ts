import { type Hash, createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Checksums } from "../object-body.ts";
import type { StagedFile, StagedPart } from "./staged-upload.ts";

/** The checksums of a file and of its parts, as its bytes come. */
export class FileSums {
  readonly #partSize: number;
  readonly #wantsMd5: boolean;
  readonly #parts: StagedPart[] = [];
  #part: RunningSum;

  /** @param partSize - In bytes; 0 for a file that goes in one request. */
  constructor(partSize: number, wantsMd5: boolean) {
    this.#partSize = partSize === 0 ? Infinity : partSize;
    this.#wantsMd5 = wantsMd5;
    this.#part = new RunningSum(wantsMd5);
  }

  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      const end = Math.min(chunk.length, at + this.#partSize - this.#part.size);
      this.#part.add(chunk.subarray(at, end));
      at = end;
      if (this.#part.size === this.#partSize) this.#endPart();
    }
  }

  file(): StagedFile {
    if (this.#partSize === Infinity) return { ...this.#part.result(), parts: [] };
    if (this.#part.size > 0) this.#endPart();
    // What goes in parts has their MD5s only: there is no way to put them together.
    let [size, sum] = [0, 0];
    for (const part of this.#parts) {
      size += part.size;
      sum = combineCrc32(sum, part.checksums.crc32, part.size);
    }
    return { size, checksums: { crc32: sum }, parts: this.#parts };
  }

  #endPart(): void {
    this.#parts.push(this.#part.result());
    this.#part = new RunningSum(this.#wantsMd5);
  }
}

class RunningSum {
  size = 0;
  #crc32 = 0;
  readonly #md5: Hash | undefined;

  constructor(wantsMd5: boolean) {
    this.#md5 = wantsMd5 ? createHash("md5") : undefined;
  }

  add(chunk: Uint8Array): void {
    this.size += chunk.length;
    this.#crc32 = crc32(chunk, this.#crc32);
    this.#md5?.update(chunk);
  }

  result(): StagedPart {
    const md5 = this.#md5?.digest();
    const checksums: Checksums = { crc32: this.#crc32, ...(md5 === undefined ? {} : { md5 }) };
    return { size: this.size, checksums };
  }
}

/** The polynomial of CRC-32, its bits in reverse. */
const POLYNOMIAL = 0xedb88320;

/**
 * The CRC-32 of bytes and others behind them, from the CRC-32s of both: a CRC is the remainder of a
 * polynomial, and zeros behind the first, as many as the second has bytes, multiply it by a power of x.
 *
 * @param size - Of the second, in bytes.
 */
export function combineCrc32(first: number, second: number, size: number): number {
  // x ** 1 at first, then squared for each bit of the number of bits.
  let power = 0x40000000;
  let shifted = first;
  for (let bits = size * 8; bits >= 1; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) shifted = multiply(power, shifted);
    power = multiply(power, power);
  }
  return (shifted ^ second) >>> 0;
}

/** Of polynomials over bits, modulo that of CRC-32; the highest bit of a number stands for x ** 0. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= b;
    b = (b & 1) === 0 ? b >>> 1 : (b >>> 1) ^ POLYNOMIAL;
  }
  return product >>> 0;
}
