/**
 * Makes mixed calls at a steady rate for a while, then closes the logger.
 *
 * `memory`, once per second: the resident memory of the process in bytes, without garbage. `logged`: the number of calls.
 */
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { acknowledge } from "../acknowledgement.ts";
import { childInput } from "../child.ts";
import { now } from "../clock.ts";
import { RUN } from "../log.ts";
import { type Call, mixedCall } from "../mixed-calls.ts";

export interface Input {
  readonly root: string;
  readonly seed: string;
  /** In ms. */
  readonly duration: number;
  /** Calls per ms. */
  readonly rate: number;
}

/** Calls between two turns of the event loop at most, when the machine was busy with something else. */
const CATCH_UP = 500;

const { root, seed, duration, rate } = childInput<Input>();
const state = new State({ runName: RUN });
const logger = new Logger(state, new FileLogger({ root }));
// Garbage that nobody has needed to collect yet is not memory that is kept.
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const begin = now();
let told = begin;
let n = 0;
for (let time = begin; time - begin < duration; time = now()) {
  const due = Math.min((time - begin) * rate, n + CATCH_UP);
  while (n < due) {
    perform(mixedCall(seed, ++n));
    state.nextBatch({ samples: 32 });
  }
  if (time - told >= 1000) {
    told = time;
    collectGarbage();
    acknowledge("memory", process.memoryUsage.rss());
  }
  await setTimeout(1);
}
await logger.close();
acknowledge("logged", n);

function perform(call: Call): void {
  switch (call.type) {
    case "metrics":
      return logger.logMetrics(call.metrics);
    case "traces":
      return logger.logTraces(call.traces);
    case "table":
      return logger.logTable(call.columns, call.rows, { name: call.name });
    case "output":
      for (const piece of call.pieces) process.stdout.write(piece);
      return;
    case "event":
      return state.nextEpoch();
  }
}
