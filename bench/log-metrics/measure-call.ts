import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { printFigures, readParameters } from "../harness/measure.ts";
import { metricColumns, metricNames, rowBuilder } from "../harness/rows.ts";
import { quantile } from "../harness/statistics.ts";

/** What is called, as it stands in the table. */
export type CallName =
  | "Date.now()"
  | "logMetrics, no destination"
  | "nextBatch()"
  | "nextBatch({ samples })"
  | "nextBatch(), FileLogger";

export interface Parameters {
  readonly call: CallName;
  /** How many blocks of calls are timed, in each of the two ways. */
  readonly blocks: number;
  readonly folder: string;
}

const CALLS_PER_BLOCK = 2_000;
const CALLS_PER_BURST = 64;
const IDLE_MS = 8;

const { call: name, blocks, folder } = readParameters<Parameters>();
const state = new State({ runName: "bench" });
let sum = 0;
const { call, close } = await prepare();

for (let i = 0; i < 200_000; i += CALLS_PER_BLOCK) {
  time(CALLS_PER_BLOCK);
  await setImmediate();
}
const loop: number[] = [];
for (let i = 0; i < blocks; i++) {
  loop.push(time(CALLS_PER_BLOCK));
  await setImmediate();
}
const burst: number[] = [];
for (let i = 0; i < blocks; i++) {
  await setTimeout(IDLE_MS);
  burst.push(time(CALLS_PER_BURST));
}
await close();
// Says `sum`, so that no call can be left out as useless.
printFigures({ loop: quantile(loop, 0.5), burst: quantile(burst, 0.5), sum: sum + state.timestamp.batch });

function time(calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) call(i);
  return ((performance.now() - start) * 1e6) / calls;
}

async function prepare(): Promise<{ call(i: number): void; close(): Promise<unknown> }> {
  const nothing = (): Promise<void> => Promise.resolve();
  switch (name) {
    case "Date.now()":
      return { call: () => void (sum += Date.now() & 1), close: nothing };
    case "logMetrics, no destination": {
      const logger = new Logger(state);
      const build = rowBuilder(metricNames(4), metricColumns(4));
      const rows = Array.from({ length: 256 }, (_, i) => build(i));
      return { call: (i) => logger.logMetrics(rows[i & 255]!), close: () => logger.close() };
    }
    case "nextBatch()":
      return { call: () => state.nextBatch(), close: nothing };
    case "nextBatch({ samples })":
      return { call: () => state.nextBatch({ samples: 32 }), close: nothing };
    case "nextBatch(), FileLogger": {
      const logger = new Logger(state, new FileLogger({ root: mkdtempSync(join(folder, "run-")) }));
      await logger.ready;
      return { call: () => state.nextBatch(), close: () => logger.close() };
    }
  }
}
