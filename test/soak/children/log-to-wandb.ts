/**
 * Logs one call per millisecond to W&B and acknowledges each, until it is killed. Three calls share a step.
 *
 * `ready`: the logger is there. `logged`, `flushed`: see acknowledgement.ts.
 */
import { setTimeout } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { WandBLogger } from "@mlog/wandb";
import { acknowledge } from "../acknowledgement.ts";
import { childInput } from "../child.ts";
import { now } from "../clock.ts";
import { RUN } from "../log.ts";

export interface Input {
  readonly dir: string;
  readonly id: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Never give the event loop a turn, as a synchronous training loop does not. */
  readonly blocking: boolean;
  /** Every how many calls `flush()` is called; 0 for never. */
  readonly flushEvery: number;
  /** How long the loop is blocked once, without a call, after its first 1000; in ms. */
  readonly idle: number;
}

const { dir, id, baseUrl, apiKey, blocking, flushEvery, idle } = childInput<Input>();
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const timing = { streamInterval: 20, minGap: 1, minDelay: 5, maxDelay: 50, heartbeat: 400 };
const wandb = new WandBLogger({ project: "soak", dir, id, baseUrl, apiKey, timing });
const logger = new Logger(new State({ runName: RUN }), wandb);
acknowledge("ready");

let n = 0;
for (let due = now(); ; due++) {
  while (now() < due) {
    if (blocking) Atomics.wait(sleeper, 0, 0, due - now());
    else await setTimeout(1);
  }
  if (n === 1000 && idle > 0) {
    Atomics.wait(sleeper, 0, 0, idle);
    due += idle;
  }
  const time = now();
  n++;
  logger.logMetrics({ [`n${n % 3}`]: n }, { step: Math.floor(n / 3) });
  acknowledge("logged", n, time);
  if (flushEvery > 0 && n % flushEvery === 0) {
    const covered = n;
    void logger.flush().then(() => acknowledge("flushed", covered));
  }
}
