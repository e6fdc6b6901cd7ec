import assert from "node:assert/strict";
import { join } from "node:path";
import { describeEnding, type Ending, startChild } from "../child.ts";
import type { Input, Way } from "../children/end-after-burst.ts";
import { assertGapFree, logPath, readLog } from "../log.ts";
import { assertNumbered } from "../numbered-metrics.ts";
import { type Proof, sampled, type Setting } from "../proof.ts";

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
    const rounds = sampled(setting, 10);
    let records = 0;
    for (let round = 0; round < rounds; round++) {
      for (const way of WAYS)
        records += await end(setting, way, `${way} ${round}`, sizeOfBurst(setting, round));
    }
    return `${rounds * WAYS.length} processes that ended in ${WAYS.length} ways, ${records} records, none lost`;
  },
};

/** All of a burst, none of it, or up to any place in it. */
function sizeOfBurst({ random }: Setting, round: number): number {
  return round % 3 === 0 ? BURST : round % 3 === 1 ? random.below(BURST) : random.below(3);
}

async function end({ random, folder }: Setting, way: Way, name: string, count: number): Promise<number> {
  const root = join(folder, name);
  const pause = random.chance(0.5) ? -1 : random.below(60);
  const child = startChild("end-after-burst", { root, way, count, pause } satisfies Input);
  if (way === "SIGTERM with closeOnSignals") {
    await child.first("ready");
    child.kill("SIGTERM");
  }
  const ending = await child.ended;
  const { code, signal } = ending;
  const where = `${count} records ${pause} ms after the construction, ended by ${way}`;
  assert.deepEqual({ code, signal }, ENDINGS[way], `${where}: ${describeEnding(ending)}`);
  const records = await readLog(logPath(root));
  assert.equal(assertGapFree(records), 0, `dropped of ${where}`);
  assert.equal(assertNumbered(records), count, `records of ${where}`);
  const isClosed = way === "close" || way === "SIGTERM with closeOnSignals";
  assert.equal(records[0]!.type, "start");
  if (isClosed) assert.equal(records.at(-1)?.type, "end");
  return records.length;
}
