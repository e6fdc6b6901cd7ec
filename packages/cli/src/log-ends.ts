import { type FileHandle, open } from "node:fs/promises";
import { type LoggedRecord, parseRecord } from "@mlog/file";
import type { LogFile } from "./log-files.ts";

/** How much of a log is read at its beginning and at its end, in bytes. */
const END_BYTES = 128 * 1024;
const NEWLINE = 10;

/** What the two ends of a log hold. */
export interface LogEnds {
  readonly head: readonly LoggedRecord[];
  readonly tail: readonly LoggedRecord[];
  readonly bytes: number;
  /** When it was last written to, in Unix milliseconds. */
  readonly changed: number;
}

/** Reads the first and the last records of a log, however long it is. */
export async function readEnds({ rank, parts }: LogFile): Promise<LogEnds> {
  let bytes = 0;
  let changed = 0;
  let head: LoggedRecord[] = [];
  let tail: LoggedRecord[] = [];
  for (const [i, path] of parts.entries()) {
    const file = await open(path, "r");
    try {
      const { size, mtimeMs } = await file.stat();
      bytes += size;
      changed = Math.max(changed, mtimeMs);
      if (i === 0) head = records(await read(file, 0, Math.min(END_BYTES, size)), rank, false);
      if (i === parts.length - 1) {
        const start = Math.max(0, size - END_BYTES);
        tail = records(await read(file, start, size), rank, start > 0);
      }
    } finally {
      await file.close();
    }
  }
  return { head, tail, bytes, changed };
}

/** Bytes `start` to `end` of a file, or as many as there are. */
export async function read(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function records(bytes: Buffer, rank: number, isCut: boolean): LoggedRecord[] {
  const origin = { session: 0, rank };
  return linesOf(bytes, isCut).flatMap((line) => {
    const record = parseRecord(line, origin);
    return typeof record === "string" ? [] : [record];
  });
}

/** The complete lines in `bytes`; without the first if its beginning is not there. */
export function linesOf(bytes: Buffer, isCut: boolean): Buffer[] {
  const lines: Buffer[] = [];
  let start = isCut ? bytes.indexOf(NEWLINE) + 1 : 0;
  if (isCut && start === 0) return lines;
  for (;;) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) return lines;
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
}
