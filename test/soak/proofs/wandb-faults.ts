import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { startWandb } from "@mlog/test-servers/wandb";
import { WandBLogger } from "@mlog/wandb";
import { RUN } from "../log.ts";
import { type Proof, sampled } from "../proof.ts";

/**
 * A server that fails three requests in ten, by an error, a reset, silence or an answer that is lost after
 * it has acted, gets every row, in order and once.
 */
export const wandbFaults: Proof = {
  name: "wandb-faults",
  async run(setting) {
    const { folder, random } = setting;
    const count = sampled(setting, 100_000);
    await using server = await startWandb({ pace: { requestsPerSecond: Infinity } });
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
    // Long enough that the server notices that a request was given up before the next one comes.
    const timing = { streamInterval: 10, minGap: 1, minDelay: 50, maxDelay: 200, requestTimeout: 1000 };
    const { baseUrl, apiKey } = server;
    const wandb = new WandBLogger({ project: "soak", id: "faults", dir: folder, baseUrl, apiKey, timing });
    const state = new State({ runName: RUN });
    const logger = new Logger(state, wandb, { onError: () => undefined });
    for (let i = 0; i < count; i++) {
      logger.logMetrics({ i, half: i / 2 });
      state.nextBatch();
      // Few rows a request, and so many requests.
      if (i % 100 === 0) await setTimeout(50);
    }
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
    const failed = server.exchanges.filter(
      ({ outcome: { delivered, status } }) => !delivered || status !== 200,
    ).length;
    return `${count} rows in ${server.exchanges.length} requests, ${failed} of which failed`;
  },
};
