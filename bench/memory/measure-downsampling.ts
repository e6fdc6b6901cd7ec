import { Logger, State } from "@mlog/core";
import { downsample, InMemoryLogger } from "@mlog/memory";
import { createLTTB } from "downsample";
import { printFigures, readParameters } from "../harness/measure.ts";
import { randomSource } from "../harness/random.ts";
import { quantile } from "../harness/statistics.ts";

export type Method = "sum" | "downsample()" | "getTimeseries({ points })" | "npm downsample";

export interface Parameters {
  readonly method: Method;
  readonly length: number;
  readonly points: number;
  /** How often it is done; the median counts. */
  readonly times: number;
}

const { method, length, points, times } = readParameters<Parameters>();
const run = prepare(method);
const all: number[] = [];
let result = 0;
for (let i = 0; i < times; i++) {
  const start = performance.now();
  result = run();
  all.push(performance.now() - start);
}
printFigures({ ms: quantile(all, 0.5), first: all[0]!, result });

/** A loss as losses are: falling, noisy, with an outlier now and then. */
function curve(): Float64Array {
  const random = randomSource(1);
  return Float64Array.from({ length }, (_, i) => {
    const outlier = random() < 1e-5 ? 2 : 0;
    return 3 / (1 + i / 1e5) + 0.1 * (random() + random() - 1) + outlier;
  });
}

/** What is measured: it looks at all values and returns a sum or the number of points chosen. */
function prepare(name: Method): () => number {
  const y = curve();
  switch (name) {
    case "sum":
      return () => {
        let sum = 0;
        for (let i = 0; i < y.length; i++) sum += y[i]!;
        return sum;
      };
    case "downsample()": {
      const x = Float64Array.from({ length }, (_, i) => i);
      return () => downsample(x, y, points).y.length;
    }
    case "getTimeseries({ points })": {
      const memory = new InMemoryLogger();
      const state = new State({ runName: "bench" });
      const logger = new Logger(state, memory);
      for (const loss of y) {
        state.nextBatch();
        logger.logMetrics({ loss });
      }
      return () => memory.getTimeseries("loss", { points }).values.length;
    }
    case "npm downsample": {
      const lttb = createLTTB<number>({ x: (_: number, i: number) => i, y: (value: number) => value });
      return () => lttb(y, points).length;
    }
  }
}
