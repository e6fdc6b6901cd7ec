import type { FileSource } from "./file-source.ts";
import type { FoundLog } from "./run-folders.ts";

/** Bytes that follow each other, and where they begin. */
export interface Stretch {
  readonly start: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The first bytes of a log at or behind `from`, at most `limit`; undefined if there are none. */
export async function readStretch(
  source: FileSource,
  log: FoundLog,
  from: number,
  limit: number,
): Promise<Stretch | undefined> {
  for (const { path, start, size } of log.parts) {
    if (start + size <= from) continue;
    const low = Math.max(from, start);
    const bytes = await source.read(path, low - start, Math.min(size, low - start + limit));
    if (bytes.length > 0) return { start: low, bytes };
  }
  return undefined;
}

const FIRST_BYTES = 64 * 1024;
const NEWLINE = 10;

/** The line of a log that begins at `byte`, without its line break; undefined if it has none, or more than `maxBytes`. */
export async function readLine(
  source: FileSource,
  log: FoundLog,
  byte: number,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  for (let length = FIRST_BYTES; ; length *= 8) {
    const stretch = await readStretch(source, log, byte, Math.min(length, maxBytes + 1));
    if (stretch?.start !== byte) return undefined;
    const newline = stretch.bytes.indexOf(NEWLINE);
    if (newline >= 0) return stretch.bytes.subarray(0, newline);
    if (stretch.bytes.length < length) return undefined;
  }
}
