import { mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Figures, printFigures, readParameters } from "../harness/measure.ts";
import { metricColumns, metricNames, randomRowBuilder, rowBuilder } from "../harness/rows.ts";
import { CONTENDERS, type ContenderName } from "../contenders/all.ts";
import { countRecords } from "./count-records.ts";
import { warmUp } from "../harness/training-loop.ts";
import { measureBursts, measureSteps, measureSustained } from "./modes.ts";

/** What one child process is asked to measure. */
export interface Parameters {
  readonly contender: ContenderName;
  readonly mode: "bursts" | "sustained" | "steps";
  /** Metrics per call. */
  readonly metrics: number;
  /** If given, each call draws its names at random from that many. */
  readonly namesInAll?: number;
  /** Bursts, calls or steps. */
  readonly count: number;
  readonly folder: string;
}

/** Training runs are long: what counts is compiled code, and the engine compiles until about here. */
const WARM_UP_CALLS = 100_000;
const MODES = { bursts: measureBursts, sustained: measureSustained, steps: measureSteps };

const { contender: name, mode, metrics, namesInAll, count, folder: parent } = readParameters<Parameters>();
const folder = mkdtempSync(join(parent, "run-"));
// Workers that do not keep the process alive must not end it in the middle of a measurement.
const keepAlive = setInterval(() => {}, 1e6);
const rows =
  namesInAll === undefined
    ? rowBuilder(metricNames(metrics), metricColumns(metrics))
    : randomRowBuilder(metricNames(namesInAll), metrics);
const { open } = await CONTENDERS[name]();
const contender = await open(folder, rows);
await warmUp(contender, rows, WARM_UP_CALLS);
const figures = await MODES[mode](contender, rows, count);
printFigures({ ...figures, ...(await checkFile()) });
rmSync(folder, { recursive: true });
clearInterval(keepAlive);

async function checkFile(): Promise<Figures> {
  if (contender.path === undefined) return {};
  const calls = WARM_UP_CALLS + (mode === "bursts" ? count * 64 : count);
  return { bytes: statSync(contender.path).size, lost: calls - (await countRecords(contender.path)) };
}
