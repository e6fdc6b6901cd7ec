import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { startWandb, type WandbServer } from "@mlog/test-servers/wandb";
import { WandBLogger } from "@mlog/wandb";
import { RUN } from "../log.ts";
import { type Proof, sampled, type Setting } from "../proof.ts";
import { createRandom, type Random } from "../random.ts";

const ROWS = 100_000;

/**
 * A server that fails three requests in ten, by an error, a reset, silence or an answer that is lost after
 * it has acted, gets every row, in order and once. What `@wandb/sdk` makes of the same is told beside it.
 */
export const wandbFaults: Proof = {
  name: "wandb-faults",
  async run(setting) {
    const [ours, sdk] = await Promise.all([throughOurs(setting), throughSdk(setting)]);
    return `${ours}; ${sdk}`;
  },
};

async function throughOurs(setting: Setting): Promise<string> {
  const count = sampled(setting, ROWS);
  await using server = await startWandb({ pace: { requestsPerSecond: Infinity } });
  failByChance(server, setting.random);
  // Long enough that the server notices that a request was given up before the next one comes.
  const timing = { streamInterval: 10, minGap: 1, minDelay: 50, maxDelay: 200, requestTimeout: 1000 };
  const { baseUrl, apiKey } = server;
  const dir = join(setting.folder, "own");
  const wandb = new WandBLogger({ project: "soak", id: "faults", dir, baseUrl, apiKey, timing });
  const state = new State({ runName: RUN });
  const logger = new Logger(state, wandb, { onError: () => undefined });
  await logRows(logger, state, count);
  const [delivery] = await logger.close({ timeout: 120_000 });
  server.assertNoViolations();
  const { rows, complete } = server.run("faults");
  assert.equal(rows.length, count, "rows on the server");
  assert.ok(
    rows.every((row, i) => row["i"] === i && row["_step"] === i),
    "each row in its place",
  );
  assert.ok(complete, "the run has ended");
  assert.equal(delivery!.delivered, count);
  return `${count} rows in ${requestsOf(server)}`;
}

/** The SDK with our guards around it. Nothing is asserted: what it loses is its own. */
async function throughSdk(setting: Setting): Promise<string> {
  const { seed, folder } = setting;
  const count = sampled(setting, ROWS);
  await using server = await startWandb({ pace: { requestsPerSecond: Infinity } });
  const { baseUrl, apiKey } = server;
  const options = { project: "soak", id: "sdk", dir: join(folder, "sdk"), baseUrl, apiKey } as const;
  const wandb = new WandBLogger({ ...options, transport: "sdk" });
  const state = new State({ runName: RUN });
  const logger = new Logger(state, wandb, { onError: () => undefined });
  const logging = logRows(logger, state, count);
  // It does not survive a failure at its start.
  await wandb.started();
  failByChance(server, createRandom(`${seed}/sdk`));
  await logging;
  // A request that hangs holds it up for ever.
  await logger.close({ timeout: 15_000 }).catch(() => undefined);
  const { rows } = server.run("sdk");
  const once = new Set(rows.map((row) => row["i"])).size;
  return `@wandb/sdk: ${once} of them, ${rows.length - once} twice, in ${requestsOf(server)}`;
}

function failByChance(server: WandbServer, random: Random): void {
  server.faults.byChance({
    share: 0.3,
    random: () => random.next(),
    faults: [
      { kind: "status", status: 500 },
      { kind: "status", status: 502, after: true },
      { kind: "status", status: 429, retryAfter: 0 },
      { kind: "reset" },
      { kind: "reset", after: true },
      { kind: "hang" },
      { kind: "hang", after: true },
    ],
  });
}

async function logRows(logger: Logger, state: State, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    logger.logMetrics({ i, half: i / 2 });
    state.nextBatch();
    // Few rows a request, and so many requests.
    if (i % 100 === 0) await setTimeout(50);
  }
}

function requestsOf({ exchanges }: WandbServer): string {
  const failed = exchanges.filter(({ outcome: { delivered, status } }) => !delivered || status !== 200);
  return `${exchanges.length} requests, ${failed.length} of which failed`;
}
