/** A viewer over many runs: how long a start takes, a chart, and an append. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startViewer } from "@mlog/viewer";
import { printFigures, readParameters } from "../harness/measure.ts";
import { metricNames } from "../harness/rows.ts";
import { Client } from "./client.ts";
import { lineOf } from "./data.ts";

const { folder, cacheFolder, runs, metrics, steps, overlaid, isFirst } = readParameters<{
  folder: string;
  cacheFolder: string;
  runs: number;
  metrics: number;
  steps: number;
  overlaid: number;
  /** Only starts it, and closes it again once everything is read. */
  isFirst: boolean;
}>();

/** @returns ms */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const isComplete = (found: ReadonlyMap<string, { step: number }>, caughtUp: boolean): boolean =>
  caughtUp && found.size === runs && [...found.values()].every(({ step }) => step >= steps - 1);

const start = performance.now();
const viewer = await startViewer({ folder, cacheFolder });
const client = new Client(viewer);
const ids = await client.follow(isComplete);
const list = performance.now() - start;
if (isFirst) {
  await viewer.close();
  printFigures({ list, peak: peak() });
  process.exit();
}
const again = await timed(() => client.follow(isComplete));
const [firstMetric = "", ...others] = metricNames(metrics);
const chart = await timed(() => client.curves(ids.slice(0, overlaid), firstMetric));
const page = await timed(() =>
  Promise.all(others.slice(0, 11).map((metric) => client.curves(ids.slice(0, overlaid), metric))),
);

const line = lineOf(metrics, steps + 1);
let before = 0;
await client.follow((found) => {
  if (before === 0) {
    before = bytesRead();
    appendFileSync(join(folder, "run-0000", "logs-rank0.jsonl"), line);
  }
  return [...found.values()].some(({ step }) => step === steps + 1);
});
const appended = bytesRead() - before;
await viewer.close();
printFigures({ list, again, chart, page, appended, peak: peak() });

/** MiB of memory that the process had at most. */
function peak(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
}

/** Bytes that this process has read from anywhere, the answers of its own server among them. */
function bytesRead(): number {
  return Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}
