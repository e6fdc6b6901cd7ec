import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { startWandb } from "@mlog/test-servers/wandb";
import { startChild } from "../child.ts";
import type { Input } from "../children/log-to-wandb.ts";
import type { Proof } from "../proof.ts";

/** How long the loop does not yield, in ms. */
const DURATION = 60_000;
/** The longest that the server may be without a request, in ms: the busiest machine has it within that. */
const SILENCE = 5000;
/** How long the loop logs nothing and does not yield either, in ms: five heartbeats of the child. */
const IDLE = 2000;
/** The body of a sign of life, `{}`, in bytes. */
const HEARTBEAT = 2;

/**
 * A loop that never yields starves neither the sending nor the signs of life: requests go on while it runs,
 * rows arrive soon after they were logged, and while none is logged the run says that it is alive.
 */
export const wandbNeverYielding: Proof = {
  name: "wandb-never-yielding",
  async run({ fraction, folder }) {
    await using server = await startWandb({ pace: { requestsPerSecond: Infinity } });
    const { baseUrl, apiKey } = server;
    const input: Input = {
      dir: folder,
      id: "busy",
      baseUrl,
      apiKey,
      blocking: true,
      flushEvery: 0,
      idle: IDLE,
    };
    const child = startChild("log-to-wandb", input, { limit: DURATION + 60_000 });
    await child.first("logged");
    const duration = Math.max(4000, DURATION * fraction);
    await setTimeout(duration);
    const logged = child.acknowledgements.filter(({ kind }) => kind === "logged").length;
    const rows = server.run("busy").rows.length;
    child.kill();
    await child.ended;
    server.assertNoViolations();
    const requests = server.exchanges.filter(({ call }) => call === "file_stream");
    const heartbeats = requests.filter(({ bytes }) => bytes === HEARTBEAT).length;
    const times = requests.map(({ time }) => time);
    const silence = Math.max(...times.slice(1).map((time, index) => time - times[index]!));
    const numbers =
      `${times.length} requests in ${(duration / 1000).toFixed(0)} s, ${heartbeats} of them heartbeats, the longest silence ${silence.toFixed(0)} ms, ` +
      `${rows} rows of ${logged} calls (three a row) had arrived`;
    assert.ok(silence < SILENCE, `the stream must go on: ${numbers}`);
    assert.ok(heartbeats >= 2, `an idle run must say that it is alive: ${numbers}`);
    assert.ok(rows * 3 > logged / 2, `rows must arrive while the loop runs: ${numbers}`);
    return numbers;
  },
};
