/** What TensorBoard takes for event files of the same runs: to read them for its list, and for a chart. */
import { Logger, State } from "@mlog/core";
import { TensorboardLogger } from "@mlog/tensorboard";
import { printFigures, readParameters } from "../harness/measure.ts";
import { metricColumns, metricNames, ROWS, rowBuilder } from "../harness/rows.ts";
import { TensorBoard } from "./tensorboard.ts";

const { folder, runs, metrics, steps } = readParameters<{
  folder: string;
  runs: number;
  metrics: number;
  steps: number;
}>();
/** Steps that are logged before the disk has to have them. */
const BETWEEN_FLUSHES = 5000;
const names = metricNames(metrics);
const row = rowBuilder(names, metricColumns(metrics));
const runNames = Array.from({ length: runs }, (_, run) => `run-${run}`);

for (const runName of runNames) {
  const logger = new Logger(new State({ runName }), new TensorboardLogger({ logDir: folder }));
  for (let step = 0; step < steps; step++) {
    logger.logMetrics(row(step % ROWS), { step });
    if (step % BETWEEN_FLUSHES === 0) await logger.flush();
  }
  await logger.close();
}

const start = performance.now();
const tensorBoard = await TensorBoard.start(folder);
for (const run of runNames) while (!(await isRead(run)));
const list = performance.now() - start;
const before = performance.now();
for (const run of runNames) await tensorBoard.scalars(run, names[0]!);
const chart = performance.now() - before;
const peak = tensorBoard.peak();
tensorBoard.stop();
printFigures({ list, chart, peak });

async function isRead(run: string): Promise<boolean> {
  const points = await tensorBoard.scalars(run, names.at(-1));
  return points.at(-1)?.[1] === steps - 1;
}
