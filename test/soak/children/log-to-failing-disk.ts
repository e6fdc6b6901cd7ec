/**
 * Logs until the disk fails, and on; then does what it is told, and prints an {@link Outcome}.
 *
 * `failing`: `onError` has heard of it. `dropping`: the buffer is full and records are dropped.
 */
import { existsSync } from "node:fs";
import { setImmediate, setTimeout } from "node:timers/promises";
import { isMlogError, Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { acknowledge } from "../acknowledgement.ts";
import { childInput } from "../child.ts";
import { now } from "../clock.ts";
import { RUN } from "../log.ts";
import { numberedMetrics } from "../numbered-metrics.ts";

export interface Input {
  readonly root: string;
  readonly durability: "default" | "record" | "disk";
  /** How far it goes before the disk is mended. */
  readonly until: "failing" | "dropping";
  /** Call `flush()` while the disk fails: it must reject. */
  readonly flush: boolean;
  /** `recover` and `recover without flush`: the disk is mended after the acknowledgement; otherwise never. */
  readonly after: "recover" | "recover without flush" | "close" | "process.exit";
}

export interface Outcome {
  readonly logged: number;
  readonly dropped: number;
  /** The longest call of `logMetrics`, in ms. */
  readonly longestCall: number;
  /** What `onError` was told, each text once. */
  readonly errors: readonly string[];
  /** What `flush()` said while the disk failed, then once everything was written, then once more; then `close()`. */
  readonly flushes: Readonly<Record<"failing" | "recovered" | "again" | "close", string>>;
  /** How long `close()` took, in ms. */
  readonly closing: number;
}

const { root, durability, until, flush, after } = childInput<Input>();
const errors = new Set<string>();
const file = new FileLogger({ root, durability, captureStdout: false, captureStderr: false });
const state = new State({ runName: RUN });
const logger = new Logger(state, file, {
  onError(error) {
    errors.add(error.message);
  },
});
const flushes = { failing: "not called", recovered: "not called", again: "not called", close: "not called" };
let logged = 0;
let longestCall = 0;

while (errors.size === 0) await logSome(100);
if (flush) flushes.failing = await outcomeOf(logger.flush());
if (until === "dropping") {
  while (file.delivery().dropped === 0) await logSome(1000);
  await logSome(5000);
}
acknowledge(until);
if (after === "process.exit") {
  await logSome(1000);
  print(0);
  process.exit(3);
}
if (after !== "close") {
  while (existsSync(process.env["SOAK_FAULT"] ?? "") || file.delivery().pending > 0) await setTimeout(5);
  await logSome(10);
  if (after === "recover") {
    flushes.recovered = await outcomeOf(logger.flush());
    flushes.again = await outcomeOf(logger.flush());
  }
}
await logSome(1000);
const start = now();
flushes.close = await outcomeOf(logger.close({ timeout: 5000 }));
print(now() - start);

async function logSome(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const begin = now();
    logger.logMetrics(numberedMetrics(++logged));
    longestCall = Math.max(longestCall, now() - begin);
    state.nextBatch();
  }
  await setImmediate();
}

async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "resolved";
  } catch (error) {
    return error instanceof AggregateError
      ? [...new Set(error.errors.map(codeOf))].join(", ")
      : codeOf(error);
  }
}

function codeOf(error: unknown): string {
  return isMlogError(error) ? error.code : String(error);
}

function print(closing: number): void {
  const { dropped } = file.delivery();
  const outcome: Outcome = { logged, dropped, longestCall, errors: [...errors], flushes, closing };
  console.log(JSON.stringify(outcome));
}
