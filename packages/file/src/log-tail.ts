import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { describe, MlogError } from "@mlog/core";
import { FORMAT_VERSION, MAX_LINE_BYTES } from "./record.ts";

const NEWLINE = 10;
const BLOCK = 1024 * 1024;
/** How far before the end the highest seq is looked for, lest a damaged line at the end hides it. */
const TAIL = 256 * 1024;
/** A `start` line is short; what is longer is none. */
const START_LINE = 64 * 1024;
const START_MARK = ',"type":"start",';

/** Where a log goes on. */
export interface Tail {
  readonly session: number;
  readonly seq: number;
}

/** Whose log a session goes on with. */
export interface Owner {
  readonly runName: string;
  readonly rank: number;
}

/**
 * Where the log at `path` goes on, whether or not its last line is complete. Reads its first line and
 * its end, and backwards from there to the `start` record of its last session.
 *
 * @throws MlogError `LOG_NOT_RECOGNIZED`, `RUN_MISMATCH`, `FORMAT_TOO_NEW`; the errors of `node:fs`
 */
export function readTail(path: string, owner: Owner): Tail {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    const end = lineEnd(fd, size);
    if (end === 0) return { session: 0, seq: 0 };
    const first = parse(read(fd, 0, Math.min(end, START_LINE)));
    if (first?.type !== "start") {
      throw new MlogError(
        "LOG_NOT_RECOGNIZED",
        `${describe(path)} does not begin with the start record of a log, so it cannot be gone on with; choose another filename, or move it away`,
      );
    }
    assertOurs(first, path, owner);
    const last = lastStart(fd, end) ?? first;
    assertOurs(last, path, owner);
    return { session: Number(last.session) + 1, seq: highestSeq(fd, end) + 1 };
  } finally {
    closeSync(fd);
  }
}

function assertOurs(start: Record<string, unknown>, path: string, owner: Owner): void {
  if (start.v !== FORMAT_VERSION) {
    throw new MlogError(
      "FORMAT_TOO_NEW",
      `${describe(path)} has format version ${describe(start.v)} and this release writes version ${FORMAT_VERSION}: update @mlog/file`,
    );
  }
  const rank = (start.ranks as { rank?: unknown } | undefined)?.rank;
  if (start.run !== owner.runName || rank !== owner.rank) {
    throw new MlogError(
      "RUN_MISMATCH",
      `${describe(path)} is the log of run ${describe(start.run)}, rank ${describe(rank)}, and cannot go on with run ` +
        `${describe(owner.runName)}, rank ${owner.rank}: set the same run name, or another filename`,
    );
  }
}

/** The end of the last complete line before `size`; 0 if there is none. */
function lineEnd(fd: number, size: number): number {
  let block = 4096;
  for (let end = size; end > 0; block = Math.min(block * 2, BLOCK)) {
    const start = Math.max(0, end - block);
    const newline = read(fd, start, end).lastIndexOf(NEWLINE);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}

/** The `start` record that stands last before `end`. */
function lastStart(fd: number, end: number): Record<string, unknown> | undefined {
  // Blocks overlap by a little more than what stands before the mark, so that none is cut in two.
  const overlap = 64;
  for (let stop = end; stop > 0; stop -= BLOCK) {
    const start = Math.max(0, stop - BLOCK);
    const block = read(fd, start, Math.min(end, stop + overlap));
    let mark = block.lastIndexOf(START_MARK);
    while (mark >= 0) {
      const lineStart = /(?:^|\n)\{"v":\d+$/.exec(block.toString("latin1", Math.max(0, mark - 24), mark));
      const at = mark - (lineStart?.[0].trimStart().length ?? 0);
      if (lineStart !== null && (start + at === 0 || block[at - 1] === NEWLINE)) {
        const record = parse(read(fd, start + at, Math.min(end, start + at + START_LINE)));
        if (record?.type === "start") return record;
      }
      mark = mark === 0 ? -1 : block.lastIndexOf(START_MARK, mark - 1);
    }
  }
  return undefined;
}

function highestSeq(fd: number, end: number): number {
  let highest = -1;
  let stop = end;
  while (stop > 0 && (highest < 0 || end - stop < TAIL)) {
    const start = lineEnd(fd, stop - 1);
    const record = stop - start > MAX_LINE_BYTES ? undefined : parse(read(fd, start, stop));
    if (Number.isSafeInteger(record?.seq)) highest = Math.max(highest, record!.seq as number);
    // A record behind its place says how far the session was, whatever stands before it.
    if (Number.isSafeInteger(record?.next)) highest = Math.max(highest, (record!.next as number) - 1);
    stop = start;
  }
  return highest;
}

/** The first line of `bytes`, if it is an object. */
function parse(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8", 0, Math.max(0, bytes.indexOf(NEWLINE))));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function read(fd: number, start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(fd, bytes, filled, bytes.length - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
