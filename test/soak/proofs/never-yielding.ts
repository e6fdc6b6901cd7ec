import assert from "node:assert/strict";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { describeEnding, startChild } from "../child.ts";
import type { Input } from "../children/never-yield.ts";
import { logPath, readRecords, SeqOrder } from "../log.ts";
import { NumberedOrder } from "../numbered-metrics.ts";
import type { Proof } from "../proof.ts";

/** How long the loop runs, in ms. */
const DURATION = 60_000;
/** A file that is further behind the loop, in ms, is not being written meanwhile. */
const LAG_LIMIT = 1000;

/** A loop that never yields starves the timers of its thread, and yet its log is written as it goes. */
export const neverYielding: Proof = {
  name: "never-yielding",
  async run({ folder, fraction }) {
    const root = join(folder, "runs");
    const duration = DURATION * fraction;
    const sizes: number[] = [];
    let lag = 0;
    let logged = 0;
    const child = startChild("never-yield", { root, duration } satisfies Input, {
      limit: duration + 60_000,
      onAcknowledgement({ n }) {
        const end = lastLine(logPath(root));
        sizes.push(end.size);
        lag = Math.max(lag, Date.now() - end.time);
        logged = n;
      },
    });
    const ending = await child.ended;
    assert.deepEqual([ending.code, ending.signal], [0, null], describeEnding(ending));
    // The last two acknowledgements come in quick succession.
    const grown = sizes.slice(0, -1).every((size, index) => index === 0 || size > sizes[index - 1]!);
    assert.ok(
      sizes.length >= duration / 1500 && grown,
      `the file must grow from second to second: ${sizes.join(", ")}`,
    );
    assert.ok(lag <= LAG_LIMIT, `the file was ${lag} ms behind the loop`);
    const seqs = new SeqOrder();
    const numbers = new NumberedOrder();
    for await (const record of readRecords(logPath(root))) {
      seqs.add(record);
      numbers.add(record);
    }
    assert.deepEqual({ dropped: seqs.dropped, kept: numbers.count }, { dropped: 0, kept: logged });
    return (
      `${duration / 1000} s without a turn of the event loop, ${logged} records, none lost, ` +
      `the file ${lag.toFixed(0)} ms behind the loop at most and ${Math.round((sizes.at(-1) ?? 0) / 1e6)} MB at its end`
    );
  },
};

/** The size of a log, and when its last complete record was logged. */
function lastLine(path: string): { size: number; time: number } {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    const block = Buffer.alloc(Math.min(size, 4096));
    readSync(fd, block, 0, block.length, size - block.length);
    const line = block.toString("utf8").split("\n").at(-2) ?? "";
    return { size, time: Number(/"time":(\d+)/.exec(line)?.[1] ?? 0) };
  } finally {
    closeSync(fd);
  }
}
