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

/** All records of a log; throws if a complete line of it is no record, or the reader left one out. */
export async function readLog(path: string): Promise<LoggedRecord[]> {
  const records: LoggedRecord[] = [];
  for await (const record of readRun(path)) {
    if (record.type === "damaged") {
      throw new Error(`line ${record.line} (byte ${record.byte}) of the log is damaged: ${record.reason}`);
    }
    records.push(record);
  }
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
 *
 * @returns how many seq are named as dropped
 */
export function assertGapFree(records: Iterable<LoggedRecord>): number {
  const order = new SeqOrder();
  for (const record of records) order.add(record);
  return order.end();
}

/** {@link assertGapFree} for a log that is too long to hold. */
export class SeqOrder {
  #next = 0;
  #dropped = 0;

  add(record: LoggedRecord): void {
    if (record.type === "dropped") {
      const { from, to, seq } = record;
      const expected = { from: this.#next, to: seq - 1, seq };
      assert.deepEqual(
        { from, to, seq },
        expected,
        `the range named by the dropped record behind seq ${this.#next - 1}`,
      );
      this.#dropped += to - from + 1;
    } else {
      assert.equal(record.seq, this.#next, `the seq behind ${this.#next - 1}`);
    }
    this.#next = record.seq + 1;
  }

  end(): number {
    return this.#dropped;
  }
}
