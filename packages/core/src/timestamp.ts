import { check, checkObject } from "./errors.ts";
import { Time } from "./time.ts";
import type { TimeUnit } from "./time.ts";

/**
 * The counters of a {@link Timestamp}: what is complete, as non-negative safe integers, and the
 * wall-clock time (wct) it took, in milliseconds.
 */
export interface TimestampFields {
  readonly iteration: number;
  readonly epoch: number;
  readonly batch: number;
  readonly sample: number;
  readonly token: number;
  /** Back to 0 with each iteration. */
  readonly epochInIteration: number;
  /** Back to 0 with each iteration. */
  readonly tokenInIteration: number;
  /** Back to 0 with each epoch and each iteration. */
  readonly batchInEpoch: number;
  /** Back to 0 with each epoch and each iteration. */
  readonly sampleInEpoch: number;
  /** Back to 0 with each epoch and each iteration. */
  readonly tokenInEpoch: number;
  /** Of the whole training. */
  readonly totalWct: number;
  /** Of the iteration so far. */
  readonly iterationWct: number;
  /** Of the epoch so far. */
  readonly epochWct: number;
  /** Of the last batch; 0 right after an epoch or iteration. */
  readonly batchWct: number;
}

/** What one batch adds. With several ranks, `samples` and `tokens` are those of all ranks together. */
export interface BatchAdvance {
  /** Samples in the batch. Default: 0. */
  readonly samples?: number | undefined;
  /** Tokens in the batch. Default: 0. */
  readonly tokens?: number | undefined;
  /** Milliseconds since the last advance. Default: 0. */
  readonly duration?: number | undefined;
}

/** What the end of an epoch or iteration adds. */
export interface Advance {
  /** Milliseconds since the last advance. Default: 0. */
  readonly duration?: number | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * How far training is: Composer's `Timestamp`, with numbers for its times and milliseconds for its
 * wall-clock durations. Nothing changes a timestamp; advancing gives a new one. (It is not frozen,
 * since one is made per batch and freezing it would cost more than all else that advancing does.)
 */
export class Timestamp implements TimestampFields {
  declare readonly iteration: number;
  declare readonly epoch: number;
  declare readonly batch: number;
  declare readonly sample: number;
  declare readonly token: number;
  declare readonly epochInIteration: number;
  declare readonly tokenInIteration: number;
  declare readonly batchInEpoch: number;
  declare readonly sampleInEpoch: number;
  declare readonly tokenInEpoch: number;
  declare readonly totalWct: number;
  declare readonly iterationWct: number;
  declare readonly epochWct: number;
  declare readonly batchWct: number;

  /**
   * What is not given is 0.
   *
   * @throws MlogTypeError or MlogRangeError `INVALID_TIME`, naming the field.
   */
  constructor(fields: Partial<TimestampFields> = {}) {
    this.iteration = fields.iteration ?? 0;
    this.epoch = fields.epoch ?? 0;
    this.batch = fields.batch ?? 0;
    this.sample = fields.sample ?? 0;
    this.token = fields.token ?? 0;
    this.epochInIteration = fields.epochInIteration ?? 0;
    this.tokenInIteration = fields.tokenInIteration ?? 0;
    this.batchInEpoch = fields.batchInEpoch ?? 0;
    this.sampleInEpoch = fields.sampleInEpoch ?? 0;
    this.tokenInEpoch = fields.tokenInEpoch ?? 0;
    this.totalWct = fields.totalWct ?? 0;
    this.iterationWct = fields.iterationWct ?? 0;
    this.epochWct = fields.epochWct ?? 0;
    this.batchWct = fields.batchWct ?? 0;
    // One of this very class was checked when it was made: advancing skips the check.
    if (!(fields instanceof Timestamp)) checkAll(Object.assign({}, this, fields), this);
  }

  /**
   * Takes what {@link toJSON} gave, or a timestamp of another copy of this package. All fields must
   * be there, so that something else than a timestamp does not silently start from zero.
   *
   * @throws MlogTypeError or MlogRangeError `INVALID_TIME`, naming the field.
   */
  static from(json: TimestampFields): Timestamp {
    checkAll(Object(json), new Timestamp());
    return new Timestamp(json);
  }

  /**
   * The timestamp after one more batch.
   *
   * @throws MlogTypeError or MlogRangeError `INVALID_TIME`, naming the argument; MlogTypeError
   * `INVALID_ARGUMENT` if `advance` is not an object.
   */
  toNextBatch(advance: BatchAdvance = {}): Timestamp {
    const next = later(this, advance);
    const { samples = 0, tokens = 0, duration = 0 } = advance;
    checkCount(samples, "samples");
    checkCount(tokens, "tokens");
    next.batch++;
    next.batchInEpoch++;
    next.sample += samples;
    next.sampleInEpoch += samples;
    next.token += tokens;
    next.tokenInEpoch += tokens;
    next.tokenInIteration += tokens;
    next.epochWct += duration;
    next.batchWct = duration;
    return next;
  }

  /**
   * The timestamp after one more epoch: what counts within an epoch starts again.
   *
   * @throws MlogTypeError or MlogRangeError `INVALID_TIME`, naming the argument; MlogTypeError
   * `INVALID_ARGUMENT` if `advance` is not an object.
   */
  toNextEpoch(advance: Advance = {}): Timestamp {
    const next = resetEpoch(later(this, advance));
    next.epoch++;
    next.epochInIteration++;
    return next;
  }

  /**
   * The timestamp after one more iteration: what counts within an iteration or an epoch starts again.
   * As in Composer, `epoch` does not advance with it.
   *
   * @throws MlogTypeError or MlogRangeError `INVALID_TIME`, naming the argument; MlogTypeError
   * `INVALID_ARGUMENT` if `advance` is not an object.
   */
  toNextIteration(advance: Advance = {}): Timestamp {
    const next = resetEpoch(later(this, advance));
    next.iteration++;
    next.epochInIteration = next.tokenInIteration = next.iterationWct = 0;
    return next;
  }

  /**
   * The same with some fields changed.
   *
   * @throws MlogTypeError or MlogRangeError `INVALID_TIME`, naming the field.
   */
  copy(changes: Partial<TimestampFields>): Timestamp {
    return new Timestamp({ ...this.toJSON(), ...changes });
  }

  /**
   * One counter as a {@link Time}; `sec` is `totalWct` in whole seconds.
   *
   * @throws MlogTypeError or MlogRangeError `INVALID_TIME` for what is not a unit, and for `dur`: only
   * the ratio of a counter and its maximum tells that.
   */
  get(unit: Exclude<TimeUnit, "dur">): Time {
    const counters = {
      iter: this.iteration,
      ep: this.epoch,
      ba: this.batch,
      sp: this.sample,
      tok: this.token,
      sec: Math.floor(this.totalWct / 1000),
    };
    return new Time(counters[unit], unit);
  }

  equals(other: TimestampFields): boolean {
    return names(this).every((name) => this[name] === other[name]);
  }

  toJSON(): TimestampFields {
    return Object.assign({}, this);
  }
}

function checkCount(value: unknown, name: string): void {
  check(
    Number.isSafeInteger(value) && (value as number) >= 0,
    "INVALID_TIME",
    name,
    "be a non-negative integer",
    value,
  );
}

function checkDuration(value: unknown, name: string): void {
  check(
    Number.isFinite(value) && (value as number) >= 0,
    "INVALID_TIME",
    name,
    "be a non-negative number",
    value,
  );
}

function checkAll(fields: TimestampFields, like: Timestamp): void {
  for (const name of names(like)) {
    (name.endsWith("Wct") ? checkDuration : checkCount)(fields[name], `timestamp.${name}`);
  }
}

function names(timestamp: Timestamp): (keyof TimestampFields)[] {
  return Object.keys(timestamp) as (keyof TimestampFields)[];
}

function later(timestamp: Timestamp, advance: Advance): Mutable<Timestamp> {
  checkObject(advance, "advance");
  const { duration = 0 } = advance;
  checkDuration(duration, "duration");
  const next: Mutable<Timestamp> = new Timestamp(timestamp);
  next.totalWct += duration;
  next.iterationWct += duration;
  return next;
}

function resetEpoch(next: Mutable<Timestamp>): Mutable<Timestamp> {
  next.batchInEpoch = next.sampleInEpoch = next.tokenInEpoch = next.epochWct = next.batchWct = 0;
  return next;
}
