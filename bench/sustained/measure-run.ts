import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { CONTENDERS, type ContenderName } from "../contenders/all.ts";
import { type Figures, printFigures, readParameters } from "../harness/measure.ts";
import { peakMemory, resetPeak } from "../harness/peak-memory.ts";
import { metricColumns, metricNames, rowBuilder } from "../harness/rows.ts";
import { loop } from "../harness/training-loop.ts";
import { checkLines } from "./check-lines.ts";

export interface Parameters {
  readonly contender: ContenderName;
  readonly metrics: number;
  readonly calls: number;
  /** Whether the loop lets the event loop run now and then. */
  readonly yields: boolean;
  readonly folder: string;
}

const { contender: name, metrics, calls, yields, folder: parent } = readParameters<Parameters>();
const folder = mkdtempSync(join(parent, "run-"));
// Workers that do not keep the process alive must not end it in the middle of a measurement.
const keepAlive = setInterval(() => {}, 1e6);
const rows = rowBuilder(metricNames(metrics), metricColumns(metrics));
const { open } = await CONTENDERS[name]();
const contender = await open(folder, rows);
await settleHeap();

const baseline = resetPeak();
const start = performance.now();
const cpu = process.cpuUsage();
await loop(contender, rows, calls, yields ? undefined : Infinity);
const looped = performance.now();
await contender.close();
const end = performance.now();
const { user, system } = process.cpuUsage(cpu);
const peak = peakMemory();

printFigures({
  loopNs: ((looped - start) * 1e6) / calls,
  ns: ((end - start) * 1e6) / calls,
  cpuNs: ((user + system) * 1e3) / calls,
  extraMiB: (peak - baseline) / 1024,
  peakMiB: peak / 1024,
  ...(await checkFile()),
});
rmSync(folder, { recursive: true });
clearInterval(keepAlive);

/** The loop itself makes garbage: the heap shall have the room for that before the baseline is taken. */
async function settleHeap(): Promise<void> {
  const nothing = await CONTENDERS.nothing();
  await loop(await nothing.open(folder, rows), rows, 300_000);
  globalThis.gc?.();
  await setTimeout(100);
}

async function checkFile(): Promise<Figures> {
  return contender.path === undefined ? {} : await checkLines(contender.path, calls, rows);
}
