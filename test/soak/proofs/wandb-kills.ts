import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { startWandb, type WandbServer } from "@mlog/test-servers/wandb";
import { uploadRun } from "@mlog/wandb";
import { describeEnding, startChild } from "../child.ts";
import type { Input } from "../children/log-to-wandb.ts";
import { percentile } from "../percentile.ts";
import { type Proof, sampled, type Setting, within } from "../proof.ts";
import { type Loss, measureLoss } from "./kills.ts";

/** As in `kills`: the bound for all, and what a sample on a busy machine is given. */
const AGE_LIMIT = 20;
const SAMPLE_AGE_LIMIT = 100;

/**
 * SIGKILL at any moment of a run that is being sent: what the folder has, the open row included, is finished
 * by `uploadRun`, and the server then has every call but those of the last 20 ms, in order and once.
 */
export const wandbKills: Proof = {
  name: "wandb-kills",
  async run(setting) {
    const server = await startWandb({ pace: { requestsPerSecond: Infinity } });
    const losses: Omit<Loss, "victim">[] = [];
    let resent = 0;
    try {
      for (let kill = 0; kill < sampled(setting, 100); kill++) {
        await within(`kill ${kill}`, async () => {
          const { loss, sentBefore } = await killOnce(setting, server, kill);
          losses.push(loss);
          if (sentBefore > 0) resent++;
        });
      }
      server.assertNoViolations();
    } finally {
      await server.close();
    }
    const ages = losses.map(({ age }) => age);
    const stall = Math.max(...losses.map((loss) => loss.stall));
    const limit = setting.fraction === 1 ? AGE_LIMIT : SAMPLE_AGE_LIMIT + stall;
    const numbers =
      `${losses.length} kills, ${resent} of runs that had rows on the server; ` +
      `${losses.reduce((sum, { acknowledged }) => sum + acknowledged, 0)} calls, the oldest lost was ` +
      `${percentile(ages, 50).toFixed(1)} ms old at p50, ${percentile(ages, 99).toFixed(1)} at p99`;
    assert.ok(percentile(ages, 99) <= limit, `p99 must be at most ${limit.toFixed(1)} ms: ${numbers}`);
    return numbers;
  },
};

async function killOnce(
  { random, folder }: Setting,
  server: WandbServer,
  kill: number,
): Promise<{ loss: Omit<Loss, "victim">; sentBefore: number }> {
  const dir = join(folder, String(kill));
  const id = `kill${kill}`;
  const blocking = random.chance(0.3);
  const { baseUrl, apiKey } = server;
  const input: Input = { dir, id, baseUrl, apiKey, blocking, flushEvery: blocking ? 0 : 50, idle: 0 };
  const child = startChild("log-to-wandb", input);
  await child.first("logged");
  await setTimeout(random.next() * (random.chance(0.5) ? 150 : 1000));
  const killed = child.kill();
  const ending = await child.ended;
  assert.equal(ending.signal, "SIGKILL", `the child ended before it was killed: ${describeEnding(ending)}`);
  const sentBefore = server.runs.find((run) => run.id === id)?.rows.length ?? 0;
  const [name] = readdirSync(join(dir, "wandb"));
  const timing = { minGap: 0, minDelay: 5, maxDelay: 50 };
  const uploaded = await uploadRun(join(dir, "wandb", name!), { apiKey, timing });
  assert.ok(uploaded.complete);
  const { rows, exitCode } = server.run(id);
  assert.equal(exitCode, 1, "a run that was killed has failed");
  const calls = rows.flatMap((row) =>
    Object.entries(row).flatMap(([key, value]) => (/^n[012]$/.test(key) ? [Number(value)] : [])),
  );
  calls.sort((a, b) => a - b);
  assert.deepEqual(
    calls,
    calls.map((_, index) => index + 1),
    "every call, once, and none missing between",
  );
  for (const row of rows) {
    for (const key of ["n0", "n1", "n2"]) {
      if (key in row) assert.equal(row["_step"], Math.floor(Number(row[key]) / 3), "the step of a call");
    }
  }
  return { loss: measureLoss(child, calls.length, killed), sentBefore };
}
