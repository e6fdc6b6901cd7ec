import assert from "node:assert/strict";
import { join } from "node:path";
import { describeEnding, type Ending, startChild } from "../child.ts";
import type { Input, Way } from "../children/end-after-burst.ts";
import { assertGapFree, logPath, readLog } from "../log.ts";
import { assertNumbered } from "../numbered-metrics.ts";
import { type Proof, sampled, type Setting, within } from "../proof.ts";

const BURST = 20_000;
/** What a process that ends in a way is told apart by; logging may not change it. */
const ENDINGS: Readonly<Record<Way, Partial<Ending>>> = {
  "process.exit": { code: 3, signal: null },
  "process.exit in an exit handler that logs": { code: 3, signal: null },
  "process.exit while flushing": { code: 3, signal: null },
  "process.exit while closing": { code: 3, signal: null },
  "uncaught error": { code: 1, signal: null },
  "unhandled rejection": { code: 1, signal: null },
  "natural end": { code: 0, signal: null },
  "beforeExit handler that logs": { code: 0, signal: null },
  close: { code: 0, signal: null },
  "SIGTERM with closeOnSignals": { code: null, signal: "SIGTERM" },
};

const WAYS = Object.keys(ENDINGS) as Way[];

/** However a process ends by itself, at whatever moment of a burst, it loses nothing. */
export const exits: Proof = {
  name: "exits",
  async run(setting) {
    const rounds = sampled(setting, 6);
    let records = 0;
    for (let round = 0; round < rounds; round++) {
      for (const way of WAYS) records += await end(setting, way, round);
    }
    return `${rounds * WAYS.length} processes that ended in ${WAYS.length} ways, ${records} records, none lost`;
  },
};

function end({ random, folder }: Setting, way: Way, round: number): Promise<number> {
  // All of a burst, up to any place in it, or next to nothing.
  const count = [BURST, random.below(BURST), random.below(3)][random.below(3)]!;
  const pause = random.chance(0.5) ? -1 : random.below(60);
  const input: Input = { root: join(folder, `${way} ${round}`), way, count, pause };
  return within(JSON.stringify(input), () => endOnce(input));
}

/** @returns the number of records in the log */
async function endOnce(input: Input): Promise<number> {
  const { root, way, count } = input;
  const child = startChild("end-after-burst", input);
  if (way === "SIGTERM with closeOnSignals") {
    await child.first("ready");
    child.kill("SIGTERM");
  }
  const ending = await child.ended;
  const { code, signal } = ending;
  assert.deepEqual({ code, signal }, ENDINGS[way], describeEnding(ending));
  const records = await readLog(logPath(root));
  assert.equal(assertGapFree(records), 0, "dropped");
  assert.equal(assertNumbered(records), count, "records kept");
  assert.equal(records[0]?.type, "start");
  const isClosed = way === "close" || way === "SIGTERM with closeOnSignals";
  if (isClosed) assert.equal(records.at(-1)?.type, "end");
  return records.length;
}
