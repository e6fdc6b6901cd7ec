import assert from "node:assert/strict";
import { appendFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describeEnding, startChild } from "../child.ts";
import type { Input } from "../children/log-at-1khz.ts";
import { assertGapFree, logPath, readLog } from "../log.ts";
import { assertNumbered } from "../numbered-metrics.ts";
import type { Random } from "../random.ts";
import { type Proof, sampled, type Setting, within } from "../proof.ts";

const SESSIONS = 5;

/**
 * One log goes through five sessions; four are killed, often while they resume. Sessions are numbered,
 * what was complete stays as it was byte for byte, and no record is glued to a torn line.
 */
export const killsDuringResume: Proof = {
  name: "kills-during-resume",
  async run(setting) {
    const files = sampled(setting, 20);
    const found = { sessions: 0, tornLines: 0, records: 0 };
    for (let file = 0; file < files; file++) {
      await within(`log ${file}`, () => resumeAndKill(setting, file, found));
    }
    return (
      `${files} logs of ${SESSIONS} processes each, ${found.sessions} of them lived to begin a session, ` +
      `${found.tornLines} torn lines cut off, ${found.records} records`
    );
  },
};

interface Found {
  sessions: number;
  tornLines: number;
  records: number;
}

async function resumeAndKill({ random, folder, seed }: Setting, file: number, found: Found): Promise<void> {
  const root = join(folder, String(file));
  const path = logPath(root);
  let kept: Buffer = Buffer.alloc(0);
  let sessions = 0;
  for (let process = 0; process < SESSIONS; process++) {
    const last = process === SESSIONS - 1;
    const input: Input = {
      root,
      durability: "default",
      resume: true,
      blocking: random.chance(0.2),
      flushEvery: 30,
      count: last ? 50 : null,
      seed: `${seed}/${file}/${process}`,
    };
    const child = startChild("log-at-1khz", input);
    if (!last) {
      if (random.chance(0.7)) await child.first("logged");
      await setTimeout(random.next() * 300);
      child.kill();
    }
    const ending = await child.ended;
    const expected = last ? { code: 0, signal: null } : { code: null, signal: "SIGKILL" };
    assert.deepEqual({ code: ending.code, signal: ending.signal }, expected, describeEnding(ending));
    if (statSync(path, { throwIfNoEntry: false }) === undefined) continue;

    const bytes = readFileSync(path);
    assert.ok(
      bytes.subarray(0, kept.length).equals(kept),
      "the complete lines of the sessions before are as they were",
    );
    kept = bytes.subarray(0, bytes.lastIndexOf(10) + 1);

    const records = await readLog(path);
    assert.equal(assertGapFree(records), 0, "records dropped at 1 kHz");
    const starts = records.filter((record) => record.type === "start");
    assert.ok(starts.length - sessions <= 1, "a process begins one session");
    assert.deepEqual(
      starts.map((start) => start.session),
      starts.map((_, index) => index),
      "the numbers of the sessions",
    );
    const began = starts.length > sessions;
    sessions = starts.length;
    const own = began ? records.filter((record) => record.session === sessions - 1) : [];
    const count = assertNumbered(own);
    for (const { kind, n } of child.acknowledgements) {
      assert.ok(
        kind !== "flushed" || n <= count,
        `record ${n} was flushed, and its session ends at record ${count}`,
      );
    }
    if (!last) {
      if (random.chance(0.5)) {
        tear(path, random);
        found.tornLines++;
      }
      continue;
    }
    assert.equal(count, 50, "records of the session that was closed");
    assert.equal(records.at(-1)?.type, "end");
    assert.equal(kept.length, bytes.length, "nothing follows the last line break");
    found.records += records.length;
  }
  found.sessions += sessions;
}

/** A kill cuts no write in two, but a power cut does: leaves a part of a line at the end. */
function tear(path: string, random: Random): void {
  const line = `{"v":1,"type":"metrics","seq":9,"time":1,"step":0,"epoch":0,"batch":0,"sample":0,"token":0,"metrics":{"n":1}}`;
  appendFileSync(path, line.slice(0, 1 + random.below(line.length)));
}
