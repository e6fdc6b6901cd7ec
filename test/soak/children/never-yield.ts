/**
 * A training loop that never gives its event loop a turn: computes and logs, step after step, and ends
 * by itself. `logged`, once per second: so far.
 */
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { acknowledge } from "../acknowledgement.ts";
import { childInput } from "../child.ts";
import { now } from "../clock.ts";
import { RUN } from "../log.ts";
import { numberedMetrics } from "../numbered-metrics.ts";

export interface Input {
  readonly root: string;
  /** In ms. */
  readonly duration: number;
}

/** What a step computes takes so long, in ms. */
const STEP = 0.1;

const { root, duration } = childInput<Input>();
const state = new State({ runName: RUN });
const logger = new Logger(state, new FileLogger({ root, captureStdout: false, captureStderr: false }));
const end = now() + duration;
let n = 0;
let told = now();
for (let time = told; time < end; time = now()) {
  while (now() < time + STEP);
  logger.logMetrics(numberedMetrics(++n));
  state.nextBatch();
  if (time - told < 1000) continue;
  told = time;
  acknowledge("logged", n);
}
acknowledge("logged", n);
