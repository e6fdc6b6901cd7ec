/** Logs a burst and ends in the way that it is told; only the ways that say so close the logger. */
import { setTimeout } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { closeOnSignals, FileLogger } from "@mlog/file";
import { acknowledge } from "../acknowledgement.ts";
import { childInput } from "../child.ts";
import { RUN } from "../log.ts";
import { numberedMetrics } from "../numbered-metrics.ts";

export type Way =
  | "process.exit"
  | "process.exit in an exit handler that logs"
  | "process.exit while flushing"
  | "process.exit while closing"
  | "uncaught error"
  | "unhandled rejection"
  | "natural end"
  | "beforeExit handler that logs"
  | "close"
  | "SIGTERM with closeOnSignals";

export interface Input {
  readonly root: string;
  readonly way: Way;
  /** How many records are logged at once. */
  readonly count: number;
  /** How long the event loop runs between the construction and the burst, in ms; -1 for not at all. */
  readonly pause: number;
}

const { root, way, count, pause } = childInput<Input>();
const state = new State({ runName: RUN });
const logger = new Logger(state, new FileLogger({ root, captureStdout: false, captureStderr: false }));
if (pause >= 0) await setTimeout(pause);
const later = Math.floor(count / 2);
switch (way) {
  case "process.exit":
    burst(1, count);
    process.exit(3);
  case "process.exit in an exit handler that logs":
    process.on("exit", () => burst(later + 1, count));
    burst(1, later);
    process.exit(3);
  case "process.exit while flushing":
    burst(1, later);
    logger.flush().catch(fail);
    burst(later + 1, count);
    process.exit(3);
  case "process.exit while closing":
    burst(1, count);
    logger.close().catch(fail);
    process.exit(3);
  case "uncaught error":
    burst(1, count);
    throw new Error("the loop failed");
  case "unhandled rejection":
    burst(1, count);
    void Promise.reject(new Error("the loop failed"));
    break;
  case "natural end":
    burst(1, count);
    break;
  case "beforeExit handler that logs":
    burst(1, later);
    process.once("beforeExit", () => burst(later + 1, count));
    break;
  case "close":
    burst(1, count);
    await logger.close();
    break;
  case "SIGTERM with closeOnSignals":
    closeOnSignals(logger);
    burst(1, count);
    acknowledge("ready");
    // Closing takes the process away from this.
    setInterval(() => undefined, 1000);
}

function burst(from: number, to: number): void {
  for (let n = from; n <= to; n++) {
    logger.logMetrics(numberedMetrics(n));
    state.nextBatch();
  }
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(99);
}
