import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type LoggedRecord, readRun } from "@mlog/file";

/** The name of every run here. */
export const RUN = "soak";

/** Where a `FileLogger` of `root` writes. */
export function logPath(root: string): string {
  return join(root, RUN, "logs-rank0.jsonl");
}

/** The records of a log; throws if a complete line of it is no record. */
export async function* readRecords(path: string): AsyncGenerator<LoggedRecord, void, void> {
  for await (const record of readRun(path)) {
    if (record.type === "damaged") {
      throw new Error(`line ${record.line} (byte ${record.byte}) of the log is damaged: ${record.reason}`);
    }
    yield record;
  }
}

/** All records of a log; throws also if the reader left one out. */
export async function readLog(path: string): Promise<LoggedRecord[]> {
  const records = await Array.fromAsync(readRecords(path));
  assert.equal(records.length, countLines(readFileSync(path)), "records read and complete lines of the file");
  return records;
}

/** Of a log that may not be there: a process can be killed before it has made one. */
export async function readLogIfAny(path: string): Promise<LoggedRecord[]> {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? [] : readLog(path);
}

export function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

/**
 * Throws unless the seq of the records, in the order of the file, are 0, 1, 2, ... with nothing missing
 * but what `dropped` records name.
 */
export class SeqOrder {
  #next = 0;
  #dropped = 0;

  /** How many seq are named as dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  add(record: LoggedRecord): void {
    const last = this.#next - 1;
    if (record.type === "dropped") {
      const { from, to, seq } = record;
      assert.deepEqual(
        { from, to },
        { from: last + 1, to: seq - 1 },
        `the range dropped between seq ${last} and ${seq}`,
      );
      this.#dropped += to - from + 1;
    } else {
      assert.equal(record.seq, last + 1, `the seq behind ${last}`);
    }
    this.#next = record.seq + 1;
  }
}

/** {@link SeqOrder} for all records of a log. @returns how many seq are named as dropped */
export function assertGapFree(records: Iterable<LoggedRecord>): number {
  const order = new SeqOrder();
  for (const record of records) order.add(record);
  return order.dropped;
}
