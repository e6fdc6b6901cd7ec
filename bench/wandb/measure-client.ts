import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Contender } from "../contenders/contender.ts";
import { type Figures, printFigures, readParameters } from "../harness/measure.ts";
import { peakMemory, resetPeak } from "../harness/peak-memory.ts";
import { type BuildRow, metricColumns, metricNames, rowBuilder } from "../harness/rows.ts";
import { burst, warmUp } from "../harness/training-loop.ts";
import { measureBursts } from "../log-metrics/modes.ts";
import { CLIENTS, type ClientName } from "./clients.ts";
import { type ServerMood, startServer } from "./start-server.ts";

/** What one child process is asked to measure. */
export interface Parameters {
  readonly client: ClientName;
  readonly mode: "bursts" | "arrival" | "memory";
  /** Bursts, or calls. */
  readonly count: number;
  readonly folder: string;
}

const METRICS = 4;
const WARM_UP_ROWS = 30_000;
/** In ms; a training loop that logs ten thousand rows per second is a fast one. */
const PAUSE = 10;
const CALLS_PER_PAUSE = 100;
const MOODS: Readonly<Record<Parameters["mode"], ServerMood>> = {
  bursts: "well",
  arrival: "faulty",
  memory: "well",
};

const { client, mode, count, folder: parent } = readParameters<Parameters>();
const folder = mkdtempSync(join(parent, "run-"));
const keepAlive = setInterval(() => {}, 1e6);
const server = await startServer(MOODS[mode]);
const rows = rowBuilder(metricNames(METRICS), metricColumns(METRICS));
globalThis.gc?.();
const idle = process.memoryUsage.rss();
const contender = await CLIENTS[client](server, folder);
const measure = { bursts: costOf, arrival: arrivalOf, memory: memoryOf }[mode];
printFigures(await measure(contender));
rmSync(folder, { recursive: true });
clearInterval(keepAlive);
server.stop();
// The SDK would keep the process alive.
process.exit();

async function costOf(run: Contender): Promise<Figures> {
  await warmUp(run, rows, 9000);
  return measureBursts(run, rows, count);
}

async function arrivalOf(run: Contender): Promise<Figures> {
  await logSteadily(run, rows, count);
  const logged = performance.now();
  await run.close();
  const seconds = (performance.now() - logged) / 1000;
  const { rows: arrived, distinct, ...rest } = await server.arrived();
  return { arrived, lost: count - distinct, twice: arrived - distinct, closeSeconds: seconds, ...rest };
}

/**
 * What a run costs when it has begun, and what an outage costs, after some rows on a server that is well. No close: the
 * server is down for good.
 */
async function memoryOf(run: Contender): Promise<Figures> {
  await sleep(1000);
  const startMiB = (process.memoryUsage.rss() - idle) / 1024 / 1024;
  await logSteadily(run, rows, WARM_UP_ROWS);
  await run.flush();
  globalThis.gc?.();
  const before = resetPeak();
  server.goDown();
  await logSteadily(run, rows, count);
  await sleep(1000);
  globalThis.gc?.();
  const after = process.memoryUsage.rss() / 1024;
  return { startMiB, peakMiB: (peakMemory() - before) / 1024, keptMiB: (after - before) / 1024 };
}

async function logSteadily(run: Contender, build: BuildRow, calls: number): Promise<void> {
  for (let done = 0; done < calls; done += CALLS_PER_PAUSE) {
    burst(run, build, Math.min(CALLS_PER_PAUSE, calls - done));
    run.nextBatch();
    await sleep(PAUSE);
  }
}
