import type { FileSource } from "./file-source.ts";
import { readLine, readStretch } from "./log-bytes.ts";
import type { FoundLog } from "./run-folders.ts";

const STRETCH = 256 * 1024;
/** What is sent at once, in bytes; the rest is asked for again. */
const MAX_SENT = 16 * 1024 * 1024;
const MAX_LINE = 64 * 1024 * 1024;
const NEWLINE = 10;

/** The lines that begin at ascending places of a log, each with its line break; neighbours are read together. */
export async function readRecords(
  source: FileSource,
  log: FoundLog,
  places: readonly number[],
): Promise<Buffer<ArrayBuffer>> {
  const lines: Uint8Array[] = [];
  let sent = 0;
  let start = 0;
  let bytes: Uint8Array = new Uint8Array();
  for (const place of places) {
    let newline = bytes.indexOf(NEWLINE, place - start);
    if (place < start || place - start >= bytes.length || newline < 0) {
      const stretch = await readStretch(source, log, place, STRETCH);
      if (stretch?.start !== place) continue;
      ({ start, bytes } = stretch);
      newline = bytes.indexOf(NEWLINE);
    }
    const line =
      newline < 0 ? await readLine(source, log, place, MAX_LINE) : bytes.subarray(place - start, newline);
    if (line === undefined) continue;
    lines.push(line, Uint8Array.of(NEWLINE));
    sent += line.length;
    if (sent > MAX_SENT) break;
  }
  return Buffer.concat(lines);
}
