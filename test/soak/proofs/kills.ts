import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Child, describeEnding, startChild } from "../child.ts";
import type { Input } from "../children/log-at-1khz.ts";
import { assertGapFree, logPath, readLogIfAny } from "../log.ts";
import { assertNumbered } from "../numbered-metrics.ts";
import { percentile } from "../percentile.ts";
import { type Proof, sampled, type Setting, within } from "../proof.ts";

/** What one kill did. */
export interface Loss {
  /** Records of which the call had returned and that are not in the file. */
  readonly lost: number;
  /**
   * How old the oldest of them was, in ms: from the moment at which its call began to the moment at which
   * the signal had been sent or, if that is later, to the child's last sign of life. 0 if none is lost.
   */
  readonly age: number;
  readonly acknowledged: number;
  /** Whom it hit, and when. */
  readonly victim: string;
  /** The longest that the loop itself stood still between two calls, in ms: how busy the machine is. */
  readonly stall: number;
}

/** How long a child logs at most before it is killed, in ms: half of them while their writer still starts. */
const YOUNG = 150;
const OLD = 1000;
/** The documented bound on the age of what a kill loses, in ms. */
const AGE_LIMIT = 20;
/**
 * The bound for a sample, in ms, to which the longest stall of the loops themselves is added. A sample
 * has too few kills for a p99: it is the worst of them that is compared; and it runs where others run
 * too, where a thread that is due can wait for many time slices of other processes. A writer that
 * waits for a full buffer is beyond this too.
 */
const SAMPLE_AGE_LIMIT = 100;

/** SIGKILL at any moment leaves a gap-free prefix, without the last 20 ms at most, and all that was flushed. */
export const kills: Proof = {
  name: "kills",
  async run(setting) {
    const losses = await killOften(setting, "default");
    const stall = Math.max(...losses.map((loss) => loss.stall));
    const limit = setting.fraction === 1 ? AGE_LIMIT : SAMPLE_AGE_LIMIT + stall;
    const ages = losses.map((loss) => loss.age);
    const p99 = percentile(ages, 99);
    const worst = losses.reduce((a, b) => (a.age >= b.age ? a : b));
    const numbers =
      `${summary(losses)}, the oldest lost was ${percentile(ages, 50).toFixed(1)} ms old at p50, ${p99.toFixed(1)} at p99, ` +
      `${worst.age.toFixed(1)} at worst (${worst.lost} records of ${worst.victim})`;
    assert.ok(
      p99 <= limit,
      `p99 of the age of what is lost must be at most ${limit.toFixed(1)} ms: ${numbers}`,
    );
    return numbers;
  },
};

/** The same with `durability: "record"`, where nothing whose call has returned may be lost. */
export const killsWithRecordDurability: Proof = {
  name: "kills-record",
  async run(setting) {
    const losses = await killOften(setting, "record");
    assert.deepEqual(
      losses.filter((loss) => loss.lost > 0),
      [],
      "kills that lost something",
    );
    return `${summary(losses)}, none lost`;
  },
};

function summary(losses: readonly Loss[]): string {
  const acknowledged = losses.reduce((sum, loss) => sum + loss.acknowledged, 0);
  const stalls = losses.map((loss) => loss.stall);
  return (
    `${losses.length} kills of loops that themselves stood still for ${percentile(stalls, 50).toFixed(1)} ms at p50 and ` +
    `${Math.max(...stalls).toFixed(1)} at worst, ${acknowledged} records acknowledged`
  );
}

async function killOften(setting: Setting, durability: Input["durability"]): Promise<Loss[]> {
  const losses: Loss[] = [];
  for (let kill = 0; kill < sampled(setting, 200); kill++) {
    losses.push(await within(`kill ${kill}`, () => killOnce(setting, kill, durability)));
  }
  assert.ok(
    losses.some((loss) => loss.acknowledged > 100),
    "some of the children must have logged for a while",
  );
  return losses;
}

async function killOnce(
  { random, folder, seed }: Setting,
  kill: number,
  durability: Input["durability"],
): Promise<Loss> {
  const root = join(folder, String(kill));
  const blocking = random.chance(0.2);
  const flushEvery = !blocking && random.chance(0.5) ? 20 + random.below(200) : 0;
  const input: Input = {
    root,
    durability,
    resume: false,
    blocking,
    flushEvery,
    count: null,
    seed: `${seed}/${kill}`,
  };
  const child = startChild("log-at-1khz", input);
  // One in ten is killed while it starts.
  if (!random.chance(0.1)) await child.first("logged");
  await setTimeout(random.next() * (random.chance(0.5) ? YOUNG : OLD));
  // Right behind a flush what it promised is tested hardest.
  if (flushEvery > 0 && random.chance(0.5)) await child.next("flushed");
  const killed = child.kill();
  const ending = await child.ended;
  assert.equal(ending.signal, "SIGKILL", `the child ended before it was killed: ${describeEnding(ending)}`);
  const records = await readLogIfAny(logPath(root));
  assert.equal(assertGapFree(records), 0, "records dropped at 1 kHz");
  const ready = child.acknowledgements[0]?.time ?? killed;
  const victim = `${blocking ? "a loop that never yields" : "a loop that yields"}, ${(killed - ready).toFixed(0)} ms old`;
  return { ...measureLoss(child, assertNumbered(records), killed), victim };
}

/** What was acknowledged and is not among the first `kept`. */
export function measureLoss({ acknowledgements }: Child, kept: number, killed: number): Omit<Loss, "victim"> {
  const logged = acknowledgements.filter(({ kind }) => kind === "logged");
  for (const { kind, n } of acknowledgements) {
    assert.ok(kind !== "flushed" || n <= kept, `record ${n} was flushed, and the log ends at record ${kept}`);
  }
  const lost = logged.filter(({ n }) => n > kept);
  const end = Math.max(killed, logged.at(-1)?.time ?? 0);
  const age = lost.length === 0 ? 0 : end - lost[0]!.time;
  const stall = Math.max(0, ...logged.slice(1).map(({ time }, index) => time - logged[index]!.time));
  return { lost: lost.length, age, acknowledged: logged.length, stall };
}
