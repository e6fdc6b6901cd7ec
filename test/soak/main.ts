/**
 * Proves what the documentation claims about crashes, full disks and long runs, which takes minutes.
 *
 *     node --conditions=@mlog/source test/soak/main.ts [--fraction 0.1] [--seed N] [--only NAME]...
 */
import { AssertionError } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Proof } from "./proof.ts";
import { exits } from "./proofs/exits.ts";
import { exportToParquet } from "./proofs/export.ts";
import { failingDisk } from "./proofs/failing-disk.ts";
import { kills, killsWithRecordDurability } from "./proofs/kills.ts";
import { killsDuringResume } from "./proofs/kills-during-resume.ts";
import { killsDuringUploads } from "./proofs/kills-during-uploads.ts";
import { largeObject, largeObjectOnAzurite, largeObjectOnCeph } from "./proofs/large-object.ts";
import { longRun } from "./proofs/long-run.ts";
import { neverYieldingUploads } from "./proofs/never-yielding-uploads.ts";
import { neverYielding } from "./proofs/never-yielding.ts";
import { truncation } from "./proofs/truncation.ts";
import { wandbFaults } from "./proofs/wandb-faults.ts";
import { wandbKills } from "./proofs/wandb-kills.ts";
import { wandbNeverYielding } from "./proofs/wandb-never-yielding.ts";
import { wandbRuns } from "./proofs/wandb-runs.ts";
import { uploadsInOutage } from "./proofs/uploads-in-outage.ts";
import { uploadsOverBadNetwork } from "./proofs/uploads-over-bad-network.ts";
import { createRandom } from "./random.ts";

const proofs: readonly Proof[] = [
  kills,
  killsWithRecordDurability,
  killsDuringResume,
  killsDuringUploads,
  exits,
  truncation,
  failingDisk,
  neverYielding,
  neverYieldingUploads,
  longRun,
  wandbKills,
  wandbNeverYielding,
  wandbFaults,
  wandbRuns,
  exportToParquet,
  uploadsOverBadNetwork,
  uploadsInOutage,
  largeObject,
  largeObjectOnCeph,
  largeObjectOnAzurite,
];

const { values } = parseArgs({
  options: {
    fraction: { type: "string", default: "1" },
    seed: { type: "string", default: String(Math.trunc(Math.random() * 2 ** 31)) },
    only: { type: "string", multiple: true, default: [] },
  },
});
const fraction = Number(values.fraction);
const names = proofs.map((proof) => proof.name);
const unknown = values.only.filter((name) => !names.includes(name));
if (unknown.length > 0)
  throw new Error(`no proof is called ${unknown.join(", ")}; there are ${names.join(", ")}`);
if (!(fraction > 0 && fraction <= 1))
  throw new Error(`--fraction must be above 0 and at most 1, not ${values.fraction}`);

console.log(`seed ${values.seed}, fraction ${fraction}, ${machine()}`);
const folder = mkdtempSync(join(tmpdir(), "mlog-soak-"));
let passed = 0;
let failed = 0;
try {
  for (const proof of proofs) {
    if (values.only.length > 0 && !values.only.includes(proof.name)) continue;
    if (await holds(proof)) passed++;
    else failed++;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(machine());
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;

async function holds(proof: Proof): Promise<boolean> {
  const own = join(folder, proof.name);
  mkdirSync(own);
  const begin = performance.now();
  // From the name too, so that a proof repeats alone as it ran among the others.
  const seed = `${values.seed}/${proof.name}`;
  const seconds = (): string => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
  try {
    const numbers = await proof.run({ fraction, seed, random: createRandom(seed), folder: own });
    console.log(`ok      ${proof.name}: ${numbers} (${seconds()})`);
    return true;
  } catch (error) {
    console.log(`FAILED  ${proof.name}: ${describeFailure(error)} (${seconds()})`);
    return false;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** What the times below depend on. */
function machine(): string {
  return `${availableParallelism()} processors, load average ${loadavg()[0]?.toFixed(1)}`;
}

/** Messages of assertions say it all; elsewhere it matters where the error comes from. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isPlain = error instanceof AssertionError || error.cause instanceof AssertionError;
  return isPlain ? error.message : (error.stack ?? error.message);
}
