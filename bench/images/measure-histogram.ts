import { setTimeout } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { printFigures, readParameters } from "../harness/measure.ts";
import { randomSource } from "../harness/random.ts";
import { quantile } from "../harness/statistics.ts";

export interface Parameters {
  readonly values: number;
  readonly calls: number;
}

const { values, calls } = readParameters<Parameters>();
const random = randomSource(1);
const data = Float32Array.from({ length: values }, () => random() + random() + random() - 1.5);
let counted = 0;
const logger = new Logger(new State({ runName: "bench" }), {
  name: "counting",
  specVersion: 1,
  logHistogram: ({ counts }) => void (counted += counts[0]!),
});
const times: number[] = [];
for (let i = 0; i < calls; i++) {
  const start = performance.now();
  logger.logHistogram("weights", { data, shape: [values] });
  times.push(performance.now() - start);
  await setTimeout(1);
}
if (!(counted > 0)) throw new Error("no histogram arrived");
printFigures({ us: quantile(times.slice(calls / 4), 0.5) * 1e3 });
