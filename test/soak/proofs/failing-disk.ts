import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeEnding, startChild } from "../child.ts";
import type { Fault } from "../children/faulty-files.ts";
import type { Input, Outcome } from "../children/log-to-failing-disk.ts";
import { assertGapFree, logPath, readLog } from "../log.ts";
import { assertNumbered } from "../numbered-metrics.ts";
import type { Proof } from "../proof.ts";
import { mountSmallDisk } from "../small-disk.ts";

interface Case extends Omit<Input, "root"> {
  /** A file system that is full, or the code with which every write or sync fails. */
  readonly disk: "full" | Fault;
}

/** A logging call that takes longer, in ms, has waited for the disk; the loop must go on. */
const CALL_LIMIT = 1000;

const fails = (code: string): Fault => ({ code, calls: ["writeSync", "fdatasyncSync", "fsyncSync"] });
const WITHOUT_SYNC: Fault = { code: "EIO", calls: ["fdatasyncSync", "fsyncSync"] };
const CASES: readonly Case[] = [
  { disk: "full", durability: "default", until: "failing", flush: true, after: "recover" },
  { disk: "full", durability: "default", until: "failing", flush: false, after: "recover" },
  { disk: "full", durability: "default", until: "failing", flush: false, after: "recover without flush" },
  { disk: "full", durability: "default", until: "dropping", flush: true, after: "recover" },
  { disk: "full", durability: "default", until: "dropping", flush: false, after: "close" },
  { disk: "full", durability: "default", until: "failing", flush: false, after: "process.exit" },
  { disk: "full", durability: "record", until: "dropping", flush: true, after: "recover" },
  { disk: "full", durability: "disk", until: "dropping", flush: true, after: "recover" },
  { disk: fails("ENOSPC"), durability: "default", until: "dropping", flush: true, after: "recover" },
  { disk: fails("EIO"), durability: "default", until: "failing", flush: true, after: "recover" },
  { disk: fails("EIO"), durability: "default", until: "dropping", flush: false, after: "recover" },
  {
    disk: fails("EIO"),
    durability: "record",
    until: "dropping",
    flush: true,
    after: "recover without flush",
  },
  { disk: fails("EACCES"), durability: "default", until: "dropping", flush: true, after: "recover" },
  { disk: fails("EACCES"), durability: "default", until: "failing", flush: false, after: "close" },
  { disk: WITHOUT_SYNC, durability: "disk", until: "failing", flush: true, after: "recover" },
];

/**
 * A disk that is full or fails: the loop goes on, `onError` hears why, and what cannot be kept is counted
 * and named in the log. Once the disk works again, everything else is there, and nothing is reported lost
 * that is not.
 */
export const failingDisk: Proof = {
  name: "failing-disk",
  async run(setting) {
    const found = { dropped: 0, longestCall: 0 };
    const failures: string[] = [];
    let isReal = true;
    for (const [index, example] of CASES.entries()) {
      try {
        isReal = (await runCase(join(setting.folder, String(index)), example, found)) && isReal;
      } catch (error) {
        failures.push(`${JSON.stringify(example)}: ${(error as Error).message}`);
      }
    }
    assert.equal(failures.length, 0, `${failures.length} of ${CASES.length} cases:\n${failures.join("\n")}`);
    return (
      `${CASES.length} cases with ${isReal ? "a full tmpfs and" : "no tmpfs (it cannot be mounted here), all by"} injected errors, ` +
      `${found.dropped} records dropped and named, longest call ${found.longestCall.toFixed(1)} ms`
    );
  },
};

/** @returns whether the disk was a real one, or was to be injected anyway */
async function runCase(
  folder: string,
  { disk, ...input }: Case,
  found: { dropped: number; longestCall: number },
): Promise<boolean> {
  const small = disk === "full" ? mountSmallDisk(folder) : undefined;
  try {
    const fault = disk === "full" ? fails("ENOSPC") : disk;
    const control = join(`${folder}-fault`);
    const root = join(folder, "runs");
    if (small === undefined) writeFileSync(control, JSON.stringify(fault));
    const inject = small === undefined ? { preload: "faulty-files", env: { SOAK_FAULT: control } } : {};
    const child = startChild("log-to-failing-disk", { ...input, root } satisfies Input, inject);
    await child.first(input.until);
    if (input.after.startsWith("recover")) {
      small?.grow();
      rmSync(control, { force: true });
    }
    const ending = await child.ended;
    assert.equal(ending.code, input.after === "process.exit" ? 3 : 0, describeEnding(ending));
    assert.ok(ending.stdout !== "", `no outcome: ${describeEnding(ending)}`);
    const outcome = JSON.parse(ending.stdout) as Outcome;
    assert.ok(outcome.longestCall < CALL_LIMIT, `a call took ${outcome.longestCall} ms`);
    assert.ok(
      outcome.errors.some((message) => message.includes(fault.code)),
      `onError must name ${fault.code}, not only ${JSON.stringify(outcome.errors)}`,
    );
    if (input.until === "dropping") assert.ok(outcome.dropped > 0, "dropped");
    found.dropped += outcome.dropped;
    found.longestCall = Math.max(found.longestCall, outcome.longestCall);
    if (input.flush) assert.notEqual(outcome.flushes.failing, "resolved", "flush() while the disk fails");
    await (input.after.startsWith("recover") ? checkRecovered : checkNeverMended)(
      root,
      input,
      outcome,
      ending.stderr,
    );
    return disk !== "full" || small !== undefined;
  } finally {
    small?.unmount();
  }
}

type Check = (root: string, input: Omit<Case, "disk">, outcome: Outcome, stderr: string) => Promise<void>;

const checkRecovered: Check = async (root, { after }, { logged, dropped, flushes }) => {
  const { count, named } = await countNumbered(root);
  assert.equal(named, dropped, "records that the log names as dropped");
  assert.equal(count + dropped, logged, "records in the log and dropped");
  const { recovered, again, close } = flushes;
  const [first, ...others] = after === "recover" ? [recovered, again, close] : [close];
  const said = `flush(), flush(), close() once the disk worked again: ${recovered}; ${again}; ${close}`;
  // Each loss is told once, and that writing failed for a while is no loss.
  assert.match(first, dropped === 0 ? /^resolved$/ : /RECORDS_DROPPED/, said);
  assert.ok(
    others.every((answer) => answer === "resolved"),
    said,
  );
};

const checkNeverMended: Check = async (root, { after }, { logged, flushes, closing }, stderr) => {
  const { count, named } = await countNumbered(root);
  assert.equal(named, 0, "nothing can have been named");
  assert.ok(count > 0 && count < logged, `${count} of ${logged} records in the log`);
  if (after === "process.exit") return assert.match(stderr, /lost/, "what stderr says about the loss");
  assert.match(flushes.close, /WRITE_FAILED/, "what close() said");
  assert.ok(closing < 6000, `close({ timeout: 5000 }) took ${closing} ms`);
};

async function countNumbered(root: string): Promise<{ count: number; named: number }> {
  const records = await readLog(logPath(root));
  return { named: assertGapFree(records), count: assertNumbered(records) };
}
