import { check, checkObject } from "./errors.ts";
import type { Event } from "./event.ts";
import { type GivenRanks, type Ranks, readRanks } from "./ranks.ts";
import { resolveRunName } from "./run-name.ts";
import { Time } from "./time.ts";
import { type BatchAdvance, Timestamp, type TimestampFields } from "./timestamp.ts";

declare const console: { error(...data: unknown[]): void };

/** How a run starts, or goes on. */
export interface StateOptions {
  /** Default: made from the time and two words; required if there is more than one process. */
  readonly runName?: string | undefined;
  /** How long training shall be, such as `"10ep"`. Default: not known. */
  readonly maxDuration?: string | Time | undefined;
  /** How far training is. Default: at its start. */
  readonly timestamp?: TimestampFields | undefined;
  /** Default: from the environment, see {@link readRanks}. */
  readonly ranks?: GivenRanks | undefined;
  /** The clock, in Unix milliseconds. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** What {@link State.toJSON} gives: the options of a `State` that goes on. */
export interface StateJson {
  readonly runName: string;
  readonly maxDuration: string | undefined;
  readonly timestamp: TimestampFields;
}

/**
 * Which run this is and how far it is: the only thing that advances. A training loop calls
 * {@link nextBatch}, {@link nextEpoch} and {@link nextIteration} after each batch, epoch and iteration.
 * The time since the last advance (restore, construction) is added to the wall-clock times; a clock
 * that was set back adds none.
 */
export class State {
  readonly runName: string;
  readonly ranks: Ranks;
  readonly maxDuration?: Time;
  readonly #clock: () => number;
  #timestamp: Timestamp;
  #countedTo: number;
  #reading = 0;
  #listeners: readonly ((event: Event) => void)[] = [];

  /**
   * Reads the clock and, for what `ranks` leaves open, the environment, once.
   *
   * @throws MlogTypeError `INVALID_ARGUMENT` if the options are not an object or the clock gives no
   * finite number; `RUN_NAME_REQUIRED`, `INVALID_NAME`, `INVALID_RANK`, `INVALID_TIME`.
   */
  constructor(options: StateOptions = {}) {
    checkObject(options, "options");
    const { runName, maxDuration, timestamp = new Timestamp(), ranks, now = Date.now } = options;
    checkFunction(now, "now");
    this.#clock = now;
    this.#countedTo = now();
    check(
      Number.isFinite(this.#countedTo),
      "INVALID_ARGUMENT",
      "now()",
      "be milliseconds",
      this.#countedTo,
      "",
    );
    this.ranks = readRanks(ranks);
    this.runName = resolveRunName(runName, this.ranks.worldSize, this.#countedTo);
    if (maxDuration !== undefined) this.maxDuration = Time.parse(maxDuration);
    this.#timestamp = Timestamp.from(timestamp);
  }

  /** How far training is. */
  get timestamp(): Timestamp {
    return this.#timestamp;
  }

  /** The time on this run's clock, in Unix milliseconds. */
  now(): number {
    return this.#clock();
  }

  /**
   * A batch is complete: advances, then notifies `batchEnd`.
   *
   * @param advance - `samples` and `tokens` of the batch, with several ranks those of all ranks
   * together. Default: 0 each.
   * @throws MlogTypeError or MlogRangeError `INVALID_TIME`, naming the argument; nothing advances then.
   */
  nextBatch(advance: Omit<BatchAdvance, "duration"> = {}): void {
    checkObject(advance, "advance");
    const { samples, tokens } = advance;
    this.#advance(this.#timestamp.toNextBatch({ samples, tokens, duration: this.#elapsed() }), "batchEnd");
  }

  /** An epoch is complete: advances, then notifies `epochEnd`. */
  nextEpoch(): void {
    this.#advance(this.#timestamp.toNextEpoch({ duration: this.#elapsed() }), "epochEnd");
  }

  /** An iteration is complete: advances, then notifies `iterationEnd`. */
  nextIteration(): void {
    this.#advance(this.#timestamp.toNextIteration({ duration: this.#elapsed() }), "iterationEnd");
  }

  /**
   * Goes on from a timestamp, its JSON, or one of another copy of this package, without an event. The
   * time between when that was taken and now does not count as training.
   *
   * @throws MlogTypeError or MlogRangeError `INVALID_TIME`, naming the field; nothing changes then.
   */
  restore(timestamp: TimestampFields): void {
    this.#timestamp = Timestamp.from(timestamp);
    this.#countedTo = this.#clock();
  }

  /**
   * What to keep for resuming: `new State(JSON.parse(text))` goes on from it. Ranks are not in it,
   * since they are the process's and not the run's.
   */
  toJSON(): StateJson {
    return {
      runName: this.runName,
      maxDuration: this.maxDuration?.toString(),
      timestamp: this.#timestamp.toJSON(),
    };
  }

  /**
   * Calls `listener` after each advance, in the order of subscribing, until the returned function is
   * called. What a listener throws or rejects with reaches neither the loop nor another listener; the
   * first error of each is shown by `console.error`.
   *
   * @throws MlogTypeError `INVALID_ARGUMENT` if the listener is not a function.
   */
  subscribe(listener: (event: Event) => void): () => void {
    checkFunction(listener, "listener");
    let failed = false;
    const fail = (event: Event, error: unknown): void => {
      if (!failed) console.error(`mlog: a listener failed at ${event}, shown once:`, error);
      failed = true;
    };
    const notify = (event: Event): void => {
      try {
        // An async function is a valid listener, and its rejection would end the process.
        const result = listener(event) as { then?: PromiseLike<void>["then"] } | undefined;
        result?.then?.(undefined, (error: unknown) => fail(event, error));
      } catch (error) {
        fail(event, error);
      }
    };
    // Each change makes a new list, so that a listener may subscribe or unsubscribe.
    this.#listeners = [...this.#listeners, notify];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== notify);
    };
  }

  #elapsed(): number {
    this.#reading = this.#clock();
    const elapsed = this.#reading - this.#countedTo;
    // A clock may be set back, and one that the caller brought may give anything.
    return elapsed > 0 && elapsed < Infinity ? elapsed : 0;
  }

  #advance(timestamp: Timestamp, event: Event): void {
    this.#timestamp = timestamp;
    this.#countedTo = this.#reading;
    const listeners = this.#listeners;
    for (let i = 0; i < listeners.length; i++) listeners[i]!(event);
  }
}

function checkFunction(value: unknown, argument: string): void {
  check(typeof value === "function", "INVALID_ARGUMENT", argument, "be a function", value, "");
}
