import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { describeEnding, startChild } from "../child.ts";
import type { Input } from "../children/log-mixed-calls.ts";
import { logPath, readRecords, SeqOrder } from "../log.ts";
import { assertCall, mixedCall } from "../mixed-calls.ts";
import { percentile } from "../percentile.ts";
import type { Proof } from "../proof.ts";

/** How long the run is, in ms. */
const DURATION = 300_000;
/** Calls per ms. */
const RATE = 10;
/** How much larger the process may be in the last fifth of the run than in its second one, in bytes. */
const GROWTH_LIMIT = 8 * 1024 * 1024;
/** V8 enlarges the space of young objects for minutes, in steps larger than the limit, with or without a logger. */
const FLAGS = ["--max-semi-space-size=4"];

/** Everything that can be logged, mixed, for minutes: memory stays as it is, and every record is in the log. */
export const longRun: Proof = {
  name: "long-run",
  async run({ folder, fraction, seed }) {
    const root = join(folder, "runs");
    const duration = DURATION * fraction;
    const child = startChild("log-mixed-calls", { root, seed, duration, rate: RATE } satisfies Input, {
      flags: FLAGS,
      limit: duration + 120_000,
    });
    const ending = await child.ended;
    assert.deepEqual([ending.code, ending.signal], [0, null], describeEnding(ending));
    const memory = child.acknowledgements.filter(({ kind }) => kind === "memory").map(({ n }) => n);
    const part = (from: number): number =>
      percentile(memory.slice(Math.floor(memory.length * from), Math.ceil(memory.length * (from + 0.2))), 50);
    const growth = part(0.8) - part(0.2);
    assert.ok(
      growth <= GROWTH_LIMIT,
      `resident memory grew by ${mebibytes(growth)}: ${memory.map(mebibytes).join(", ")}`,
    );

    const calls = (await child.first("logged")).n;
    const order = new SeqOrder();
    let n = 0;
    for await (const record of readRecords(logPath(root))) {
      order.add(record);
      if (record.type !== "start" && record.type !== "end") assertCall(record, mixedCall(seed, ++n), n);
    }
    assert.deepEqual({ dropped: order.dropped, kept: n }, { dropped: 0, kept: calls });
    assert.ok(calls > duration * RATE * 0.5, `only ${calls} calls in ${duration} ms`);
    return (
      `${duration / 1000} s, ${calls} mixed calls (${Math.round(statSync(logPath(root)).size / 1e6)} MB), all in the log, ` +
      `resident memory ${mebibytes(part(0.2))} in the second fifth, ${growth < 0 ? "" : "+"}${mebibytes(growth)} in the last, ` +
      `${mebibytes(Math.max(...memory))} at most`
    );
  },
};

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
