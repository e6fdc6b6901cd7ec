/**
 * Logs one call per millisecond and acknowledges each, until it is killed or has reached its count.
 *
 * `ready`: the logger is there. `logged`, `flushed`: see acknowledgement.ts.
 */
import { setTimeout } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { acknowledge } from "../acknowledgement.ts";
import { childInput } from "../child.ts";
import { now } from "../clock.ts";
import { RUN } from "../log.ts";
import { numberedMetrics } from "../numbered-metrics.ts";
import { createRandom } from "../random.ts";

export interface Input {
  readonly root: string;
  readonly durability: "default" | "record" | "disk";
  readonly resume: boolean;
  /** Never give the event loop a turn, as a synchronous training loop does not. */
  readonly blocking: boolean;
  /** The mean time between calls of `flush()`, in ms; 0 for none. */
  readonly flushEvery: number;
  /** Close after so many records. */
  readonly count: number | null;
  readonly seed: string;
}

const { root, durability, resume, blocking, flushEvery, count, seed } = childInput<Input>();
const random = createRandom(seed);
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const state = new State({ runName: RUN });
const logger = new Logger(
  state,
  new FileLogger({ root, durability, resume, captureStdout: false, captureStderr: false }),
);
acknowledge("ready");

let n = 0;
for (let due = now(); n !== count; due++) {
  while (now() < due) {
    if (blocking) Atomics.wait(sleeper, 0, 0, due - now());
    else await setTimeout(1);
  }
  const time = now();
  logger.logMetrics(numberedMetrics(++n));
  acknowledge("logged", n, time);
  state.nextBatch();
  if (flushEvery > 0 && random.chance(1 / flushEvery)) {
    const covered = n;
    void logger.flush().then(() => acknowledge("flushed", covered));
  }
}
await logger.close();
