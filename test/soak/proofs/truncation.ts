import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Logger, State } from "@mlog/core";
import { FileLogger, type LoggedRecord } from "@mlog/file";
import { repairLines } from "@mlog/journal";
import { describeEnding, startChild } from "../child.ts";
import type { Input } from "../children/log-every-type.ts";
import { assertGapFree, countLines, logPath, readLog, RUN } from "../log.ts";
import { type Proof, type Setting, within } from "../proof.ts";

/** How far before its end a log is cut, in bytes. */
const TAIL = 4096;
/** A sample cuts at every tenth byte; so does the proof for what lies before the tail. */
const STRIDE = 10;
const TYPES = new Set<LoggedRecord["type"]>([
  "start",
  "hyperparameters",
  "metrics",
  "traces",
  "table",
  "histogram",
  "images",
  "event",
  "output",
  "dropped",
  "end",
]);

/**
 * A log with every type of record, cut off at each byte of its last 4 KiB, and one of a single session down
 * to nothing: what is complete is read, and a resumed session goes on behind it.
 */
export const truncation: Proof = {
  name: "truncation",
  async run(setting) {
    const root = join(setting.folder, "whole");
    await writeSession(root);
    const short = readFileSync(logPath(root));
    while (readFileSync(logPath(root)).length < 2 * TAIL) await writeSession(root);
    const long = readFileSync(logPath(root));
    const records = await readLog(logPath(root));
    assert.deepEqual(new Set(records.map((record) => record.type)), TYPES);
    assertGapFree(records.toSorted((a, b) => a.seq - b.seq));
    const stride = setting.fraction === 1 ? 1 : STRIDE;
    const cuts =
      (await cutAtEach(setting, "tail", long, long.length - TAIL, stride)) +
      (await cutAtEach(setting, "session", short, 0, STRIDE));
    return `${cuts} cuts of logs of ${short.length} and ${long.length} bytes with ${TYPES.size} types of records`;
  },
};

async function cutAtEach(
  setting: Setting,
  name: string,
  bytes: Buffer,
  from: number,
  stride: number,
): Promise<number> {
  let cuts = 0;
  for (let end = from + setting.random.below(stride); end <= bytes.length; end += stride) {
    const where = `cut of the ${name} at byte ${end} of ${bytes.length}`;
    await within(where, () => cutAt(join(setting.folder, name, String(end)), bytes.subarray(0, end)));
    cuts++;
  }
  return cuts;
}

async function cutAt(root: string, left: Buffer): Promise<void> {
  const path = logPath(root);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, left);
  const complete = await readLog(path);
  assert.equal(complete.length, countLines(left), "complete records");

  await resume(root);
  const records = await readLog(path);
  assert.deepEqual(records.slice(0, complete.length), complete, "what was complete");
  // Records of pictures stand where their files were safe, so the highest seq need not be the last.
  const seq = Math.max(-1, ...complete.map((record) => record.seq)) + 1;
  const session = Math.max(-1, ...complete.map((record) => record.session)) + 1;
  assert.deepEqual(
    records.slice(complete.length).map((record) => [record.type, record.seq, record.session]),
    [
      ["start", seq, session],
      ["metrics", seq + 1, session],
      ["end", seq + 2, session],
    ],
  );
  assert.equal(repairLines(path).cut, 0, "nothing is left to repair");
  rmSync(root, { recursive: true });
}

async function writeSession(root: string): Promise<void> {
  const ending = await startChild("log-every-type", { root } satisfies Input).ended;
  assert.equal(ending.code, 0, describeEnding(ending));
}

async function resume(root: string): Promise<void> {
  // "record" starts no thread, of which thousands would come one after the other.
  const file = new FileLogger({
    root,
    resume: true,
    durability: "record",
    captureStdout: false,
    captureStderr: false,
  });
  const logger = new Logger(new State({ runName: RUN }), file);
  logger.logMetrics({ resumed: 1 });
  await logger.close();
}
