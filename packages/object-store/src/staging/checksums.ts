import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ChecksumAlgorithm, Checksums } from "../object-body.ts";
import { startCrc64Nvme } from "./crc64-nvme.ts";
import type { StagedPart } from "./staged-upload.ts";

/** A checksum of bytes that come one after the other. */
interface Hasher {
  update(chunk: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** The checksums of bytes that come one after the other. */
export class RunningSum {
  size = 0;
  #crc32 = 0;
  readonly #algorithm: ChecksumAlgorithm;
  readonly #hasher: Hasher | undefined;

  private constructor(algorithm: ChecksumAlgorithm, hasher: Hasher | undefined) {
    this.#algorithm = algorithm;
    this.#hasher = hasher;
  }

  /** @param algorithm - What is computed besides the CRC-32. */
  static async start(algorithm: ChecksumAlgorithm): Promise<RunningSum> {
    return new RunningSum(algorithm, await startHasher(algorithm));
  }

  add(chunk: Uint8Array): void {
    this.size += chunk.length;
    this.#crc32 = crc32(chunk, this.#crc32);
    this.#hasher?.update(chunk);
  }

  /** To be called once, at the end. */
  result(): StagedPart {
    const own = this.#hasher?.digest();
    // Not as a buffer, which is another thing once it comes from another thread.
    const checksums: Checksums = {
      crc32: this.#crc32,
      ...(own && { [this.#algorithm]: Uint8Array.from(own) }),
    };
    return { size: this.size, checksums };
  }
}

async function startHasher(algorithm: ChecksumAlgorithm): Promise<Hasher | undefined> {
  switch (algorithm) {
    case "crc32":
      return undefined;
    case "md5":
      return createHash("md5");
    case "crc64nvme":
      return startCrc64Nvme();
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
