import { open } from "node:fs/promises";

const NEWLINE = 10;
const BLOCK = 256 * 1024;

/** One complete line of a file. */
export interface Line {
  /** Counts from 1. */
  readonly number: number;
  /** Where it begins in the file. */
  readonly byte: number;
  /** Without its line break, valid until the next block is asked for; undefined if it is too long. */
  readonly bytes: Buffer | undefined;
}

/**
 * The complete lines of a file, a block at a time. What follows the last line break is left out: it
 * is a line that is still being written, or never was. A line longer than `maxLineBytes` is passed
 * over without being held in memory.
 */
export async function* readLines(path: string, maxLineBytes: number): AsyncGenerator<Line[], void, void> {
  const file = await open(path, "r");
  try {
    const block = Buffer.allocUnsafe(BLOCK);
    /** The beginning of a line that continues in the next block. */
    let parts: Buffer[] = [];
    let held = 0;
    let number = 1;
    let lineByte = 0;
    for (;;) {
      const { bytesRead } = await file.read(block, 0, BLOCK, null);
      if (bytesRead === 0) return;
      const lines: Line[] = [];
      let start = 0;
      for (;;) {
        const newline = block.indexOf(NEWLINE, start);
        if (newline < 0 || newline >= bytesRead) break;
        const rest = block.subarray(start, newline);
        const length = held + rest.length;
        const bytes = length > maxLineBytes ? undefined : held === 0 ? rest : Buffer.concat([...parts, rest]);
        lines.push({ number: number++, byte: lineByte, bytes });
        lineByte += length + 1;
        start = newline + 1;
        parts = [];
        held = 0;
      }
      if (lines.length > 0) yield lines;
      held += bytesRead - start;
      if (held > maxLineBytes) parts = [];
      else if (start < bytesRead) parts.push(Buffer.from(block.subarray(start, bytesRead)));
    }
  } finally {
    await file.close();
  }
}
