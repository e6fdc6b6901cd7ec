import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, MlogRangeError } from "@mlog/core";
import { type Origin, parseRecord } from "./parse-record.ts";
import { readLines } from "./read-lines.ts";
import { MAX_LINE_BYTES, type RunRecord } from "./record.ts";
import { findLogs, type LogFiles } from "./run-files.ts";
import { inSeqOrder } from "./seq-order.ts";

/** How {@link readRun} reads. */
export interface ReadOptions {
  /** Longer lines, in bytes, are reported as damaged and not held in memory. Default: 64 MiB. */
  maxLineBytes?: number;
  /**
   * `"file"` (default): as the lines stand in the log. `"seq"`: as they were logged, which differs for pictures
   * whose files had to be written first; the log is read twice, and their records are held in memory.
   */
  order?: "file" | "seq";
}

/**
 * The records of a log, or of all logs of a run folder one rank after the other. The folder may also be a downloaded one, with the segments of a log.
 *
 * A last line that is not complete is left out. A line that is no record comes as one of type
 * `"damaged"`, and reading goes on.
 *
 * @throws MlogError `LOG_NOT_FOUND`, `FORMAT_TOO_NEW`; MlogRangeError `INVALID_ARGUMENT`
 */
export async function* readRun(
  path: string | URL,
  options: ReadOptions = {},
): AsyncGenerator<RunRecord, void, void> {
  const { maxLineBytes = MAX_LINE_BYTES, order = "file" } = options;
  if (!Number.isSafeInteger(maxLineBytes) || maxLineBytes < 1) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `maxLineBytes must be a positive integer, not ${describe(maxLineBytes)}`,
    );
  }
  for (const log of await findLogs(path instanceof URL ? fileURLToPath(path) : path)) {
    const read = (): AsyncIterable<RunRecord> => readLog(log, maxLineBytes);
    yield* order === "seq" ? inSeqOrder(read) : read();
  }
}

async function* readLog(log: LogFiles, maxLineBytes: number): AsyncGenerator<RunRecord, void, void> {
  const origin: Origin = { session: 0, rank: log.rank };
  let expected = log.parts[0]!.start;
  for (const { path, start } of log.parts) {
    if (start !== expected) {
      const reason =
        start > expected
          ? `bytes ${expected} to ${start - 1} of the log are missing before this segment`
          : `this segment repeats bytes ${start} to ${expected - 1} of the log`;
      yield { type: "damaged", file: path, line: 1, byte: 0, reason };
    }
    for await (const lines of readLines(path, maxLineBytes)) {
      for (const { bytes, number, byte } of lines) {
        const record =
          bytes === undefined ? `it is longer than ${maxLineBytes} bytes` : parseRecord(bytes, origin);
        yield typeof record === "string"
          ? { type: "damaged", file: path, line: number, byte, reason: record }
          : record;
      }
    }
    if (log.parts.length > 1) expected = start + (await stat(path)).size;
  }
}
