import type { Delivery, LoggerDestination, RunContext } from "./destination.ts";
import { MlogError, reasonOf } from "./errors.ts";
import { type ErrorListener, toError } from "./failures.ts";
import { ignorable } from "./maybe-promise.ts";
import type { MetricSet } from "./metric-set.ts";
import type { Stamp } from "./records.ts";
import { weigh } from "./weigh.ts";

/** The methods of a destination that take one record and a stamp. */
export type Verb =
  | "logHyperparameters"
  | "logMetrics"
  | "logTable"
  | "logImages"
  | "logHistogram"
  | "logTraces"
  | "onEvent";

type Log = (this: LoggerDestination, record: unknown, stamp: Stamp) => void;

/** Calls and bytes held for a destination whose `init` has not finished; the newest are dropped beyond. */
const HELD_CALLS = 10_000;
const HELD_BYTES = 32 * 1024 * 1024;

/** Errors kept to be thrown again by `flush()` or `close()`; further ones are only told. */
const KEPT_ERRORS = 16;

declare const console: { error(message: string): void };

/** The way to one destination: holds calls until it is ready, keeps its failures to itself, counts. */
export class Route {
  readonly destination: LoggerDestination;
  /** Settles when `init` has. */
  ready: Promise<void> = Promise.resolve();
  /** Whether all that was handed over is where it belongs. */
  drained = false;
  readonly #onError: ErrorListener;
  #errors: Error[] = [];
  #held: [verb: Verb, record: unknown, stamp: Stamp][] | undefined;
  #heldBytes = 0;
  #failed = false;
  #delivered = 0;
  #dropped = 0;

  constructor(destination: LoggerDestination, onError: ErrorListener) {
    this.destination = destination;
    this.#onError = onError;
  }

  /** @throws whatever `init` throws synchronously: that is misconfiguration */
  init(run: RunContext): void {
    const starting = this.destination.init?.(run);
    if (starting === undefined) return;
    this.#held = [];
    this.ready = ignorable(
      Promise.resolve(starting).then(
        () => {
          const held = this.#held!;
          this.#held = undefined;
          for (const call of held) this.log(...call);
        },
        (cause: unknown) => this.#giveUp(cause),
      ),
    );
  }

  get takesFiles(): boolean {
    return this.destination.uploadFile !== undefined;
  }

  /** Whether `init` is still under way. */
  get starting(): boolean {
    return this.#held !== undefined;
  }

  logMetrics(metrics: MetricSet, stamp: Stamp): void {
    if (this.destination.logMetrics === undefined) return;
    if (this.#held !== undefined || this.#failed)
      return this.#hold("logMetrics", metrics.keep(), stamp, weigh(metrics.values));
    try {
      this.destination.logMetrics(metrics, stamp);
      this.#delivered++;
    } catch (error) {
      this.#drop(error);
    }
  }

  log(verb: Verb, record: unknown, stamp: Stamp): void {
    if (this.destination[verb] === undefined) return;
    if (this.#held !== undefined || this.#failed) return this.#hold(verb, record, stamp, weigh(record));
    try {
      (this.destination[verb] as Log)(record, stamp);
      if (verb !== "onEvent") this.#delivered++;
    } catch (error) {
      this.#drop(error);
    }
  }

  /** A record that could not be read is lost to a destination that would have taken it. */
  lose(verb: Verb, reason: unknown): void {
    if (this.destination[verb] !== undefined) this.#drop(reason);
  }

  /** Something is not safe: tells so, and keeps it for `flush()` or `close()`. Never throws. */
  fail(thrown: unknown): void {
    if (this.#errors.length < KEPT_ERRORS) this.#errors.push(toError(thrown));
    this.report(thrown);
  }

  /** Something went wrong that costs nothing by itself. Never throws. */
  report(thrown: unknown): void {
    try {
      this.#onError(toError(thrown), this.destination.name);
    } catch (error) {
      console.error(`mlog: onError threw ${reasonOf(error)}`);
    }
  }

  /** What has failed since the last call. */
  takeErrors(): readonly Error[] {
    const errors = this.#errors;
    this.#errors = [];
    return errors;
  }

  /** What the destination says of itself, else what this route knows. */
  delivery(): Delivery {
    let own: Delivery = this.drained
      ? { delivered: this.#delivered, pending: 0, dropped: 0 }
      : { delivered: 0, pending: this.#delivered, dropped: 0 };
    try {
      own = this.destination.delivery?.() ?? own;
    } catch (error) {
      this.fail(error);
    }
    return {
      ...own,
      pending: own.pending + (this.#held?.length ?? 0),
      dropped: own.dropped + this.#dropped,
    };
  }

  #hold(verb: Verb, record: unknown, stamp: Stamp, bytes: number): void {
    const held = this.#held;
    if (held === undefined) {
      this.#dropped++;
    } else if (held.length >= HELD_CALLS || this.#heldBytes + bytes > HELD_BYTES) {
      this.#drop(
        new MlogError(
          "RECORDS_DROPPED",
          `${this.destination.name} is still starting, and ${held.length} calls wait: await logger.ready first`,
        ),
      );
    } else {
      this.#heldBytes += bytes;
      held.push([verb, record, stamp]);
    }
  }

  #drop(reason: unknown): void {
    this.#dropped++;
    this.fail(reason);
  }

  #giveUp(cause: unknown): never {
    this.#dropped += this.#held!.length;
    this.#held = undefined;
    this.#failed = true;
    const error = new MlogError(
      "INIT_FAILED",
      `${this.destination.name} could not start (${this.#dropped} calls lost so far): ${reasonOf(cause)}`,
      { cause },
    );
    this.fail(error);
    throw error;
  }
}
