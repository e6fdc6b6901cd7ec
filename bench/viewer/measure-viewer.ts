/** A viewer over many runs: how long the first index takes, then a start with a warm one, a chart, and an append. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startViewer } from "@mlog/viewer";
import { printFigures, readParameters } from "../harness/measure.ts";
import { metricNames } from "../harness/rows.ts";
import { Client } from "./client.ts";
import { lineOf } from "./data.ts";

const { folder, cacheFolder, runs, metrics, steps, overlaid } = readParameters<{
  folder: string;
  cacheFolder: string;
  runs: number;
  metrics: number;
  steps: number;
  overlaid: number;
}>();

/** @returns ms */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const isComplete = (found: ReadonlyMap<string, { step: number }>, caughtUp: boolean): boolean =>
  caughtUp && found.size === runs && [...found.values()].every(({ step }) => step >= steps - 1);

const cold = await timed(async () => {
  const viewer = await startViewer({ folder, cacheFolder });
  await new Client(viewer).follow(isComplete);
  await viewer.close();
});

let viewer = await startViewer({ folder, cacheFolder });
await viewer.close();
let ids: string[] = [];
let client: Client | undefined;
const list = await timed(async () => {
  viewer = await startViewer({ folder, cacheFolder });
  client = new Client(viewer);
  ids = await client.follow(isComplete);
});
const again = await timed(() => client!.follow(isComplete));
const [firstMetric = "", ...others] = metricNames(metrics);
const chart = await timed(() => client!.curves(ids.slice(0, overlaid), firstMetric));
const page = await timed(() =>
  Promise.all(others.slice(0, 11).map((metric) => client!.curves(ids.slice(0, overlaid), metric))),
);

const line = lineOf(metrics, steps + 1);
const before = bytesRead();
const seen = client!.follow((found) => [...found.values()].some(({ step }) => step === steps + 1));
appendFileSync(join(folder, "run-0000", "logs-rank0.jsonl"), line);
await seen;
const appended = bytesRead() - before;
await viewer.close();
const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
printFigures({ cold, list, again, chart, page, appended, appendedShare: appended / line.length, peak });

/** Bytes that this process has read from anywhere, the answers of its own server among them. */
function bytesRead(): number {
  return Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}
