import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { generatedRuns, logBothWays } from "../../../packages/wandb/test/generated-run.ts";
import { type Proof, sampled } from "../proof.ts";

/** Runs of any calls leave the same on a server, logged online, and logged offline and uploaded. */
export const wandbRuns: Proof = {
  name: "wandb-runs",
  async run(setting) {
    const { random, folder } = setting;
    let runs = 0;
    let calls = 0;
    await fc.assert(
      fc.asyncProperty(generatedRuns, async (run) => {
        const own = join(folder, String(runs++));
        mkdirSync(own);
        calls += run.length;
        const { online, uploaded } = await logBothWays(run, own);
        assert.deepEqual(uploaded, online);
        rmSync(own, { recursive: true });
      }),
      {
        numRuns: sampled(setting, 100),
        seed: random.below(2 ** 31),
        endOnFailure: true,
        includeErrorInReport: true,
      },
    );
    return `${runs} runs of ${calls} calls are the same on the server, online and uploaded later`;
  },
};
