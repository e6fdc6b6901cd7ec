import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

const NEWLINE = 10;
const BLOCK = 64 * 1024;

/** Copies the bytes `start` to `end - 1` of the file at `from`. */
export async function copyRange(from: string, to: string, start: number, end: number): Promise<void> {
  const options = { start, end: end - 1, highWaterMark: 1024 * 1024 };
  await pipeline(createReadStream(from, options), createWriteStream(to));
}

/**
 * Where a segment that begins at `start` ends: behind the last line break within `size` bytes, or
 * behind the first one after that if a single line is longer. `end` is behind a line break.
 */
export async function segmentEnd(path: string, start: number, end: number, size: number): Promise<number> {
  if (end - start <= size) return end;
  const file = await open(path, "r");
  try {
    const block = Buffer.allocUnsafe(BLOCK);
    for (let stop = start + size; stop > start; stop -= BLOCK) {
      const from = Math.max(start, stop - BLOCK);
      const { bytesRead } = await file.read(block, 0, stop - from, from);
      const newline = block.subarray(0, bytesRead).lastIndexOf(NEWLINE);
      if (newline >= 0) return from + newline + 1;
    }
    for (let from = start + size; from < end; from += BLOCK) {
      const { bytesRead } = await file.read(block, 0, Math.min(BLOCK, end - from), from);
      const newline = block.subarray(0, bytesRead).indexOf(NEWLINE);
      if (newline >= 0) return from + newline + 1;
    }
    return end;
  } finally {
    await file.close();
  }
}
