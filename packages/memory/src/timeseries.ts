import type { Timestamp } from "@mlog/core";
import { readColumn } from "./rows.ts";
import type { Rows } from "./rows.ts";
import { columnOf, readTimestamp, STEP, TIME, VALUE } from "./stamp-columns.ts";
import type { StampColumn } from "./stamp-columns.ts";

/** Something that was logged, and when. */
export interface Logged<T> {
  readonly value: T;
  /** The step that the caller gave, else the batch. */
  readonly step: number;
  /** Wall-clock time of the call, in Unix milliseconds. */
  readonly time: number;
  /** How far training was. */
  readonly timestamp: Timestamp;
}

/** One value of a metric. */
export type Point = Logged<number>;

/**
 * Points of one metric in the order in which they were logged, as they were when the series was
 * read: what is logged later does not change it.
 *
 * Each column is an array as long as the series, made when it is first asked for; counts are plain
 * numbers, wall-clock times milliseconds. Iterating makes one point at a time and no array.
 */
export class Timeseries implements Iterable<Point> {
  readonly metric: string;
  /** Number of points. */
  readonly length: number;
  readonly #rows: Rows;
  readonly #columns = new Map<number, Float64Array>();

  constructor(metric: string, rows: Rows) {
    this.metric = metric;
    this.length = rows.length;
    this.#rows = rows;
  }

  /** The values of the metric. */
  get values(): Float64Array {
    return this.#read(VALUE);
  }

  /** The step of each point: what the caller gave, else the batch. In logging order, so it may fall. */
  get step(): Float64Array {
    return this.#read(STEP);
  }

  /** When each point was logged, in Unix milliseconds. */
  get time(): Float64Array {
    return this.#read(TIME);
  }

  /** Iterations complete. */
  get iteration(): Float64Array {
    return this.column("iteration");
  }

  /** Epochs complete. */
  get epoch(): Float64Array {
    return this.column("epoch");
  }

  /** Batches complete. */
  get batch(): Float64Array {
    return this.column("batch");
  }

  /** Samples seen. */
  get sample(): Float64Array {
    return this.column("sample");
  }

  /** Tokens seen. */
  get token(): Float64Array {
    return this.column("token");
  }

  /** Epochs complete in the iteration. */
  get epochInIteration(): Float64Array {
    return this.column("epochInIteration");
  }

  /** Tokens seen in the iteration. */
  get tokenInIteration(): Float64Array {
    return this.column("tokenInIteration");
  }

  /** Batches complete in the epoch. */
  get batchInEpoch(): Float64Array {
    return this.column("batchInEpoch");
  }

  /** Samples seen in the epoch. */
  get sampleInEpoch(): Float64Array {
    return this.column("sampleInEpoch");
  }

  /** Tokens seen in the epoch. */
  get tokenInEpoch(): Float64Array {
    return this.column("tokenInEpoch");
  }

  /** Milliseconds of the whole training. */
  get totalWct(): Float64Array {
    return this.column("totalWct");
  }

  /** Milliseconds of the iteration so far. */
  get iterationWct(): Float64Array {
    return this.column("iterationWct");
  }

  /** Milliseconds of the epoch so far. */
  get epochWct(): Float64Array {
    return this.column("epochWct");
  }

  /** Milliseconds of the last batch. */
  get batchWct(): Float64Array {
    return this.column("batchWct");
  }

  /** A column by its name; see {@link STAMP_COLUMNS}. */
  column(name: StampColumn): Float64Array {
    return this.#read(columnOf(name));
  }

  /** One point; a negative index counts from the end, as with arrays. */
  at(index: number): Point | undefined {
    const i = index < 0 ? this.length + index : index;
    return Number.isInteger(i) && i >= 0 && i < this.length ? new StoredPoint(this.#rows, i) : undefined;
  }

  *[Symbol.iterator](): Iterator<Point> {
    for (let i = 0; i < this.length; i++) yield new StoredPoint(this.#rows, i);
  }

  #read(column: number): Float64Array {
    let values = this.#columns.get(column);
    if (values === undefined) this.#columns.set(column, (values = readColumn(this.#rows, column)));
    return values;
  }
}

/** Its timestamp is made only for those who look at it. */
class StoredPoint implements Point {
  readonly value: number;
  readonly step: number;
  readonly time: number;
  readonly #rows: Rows;
  readonly #index: number;

  constructor(rows: Rows, index: number) {
    this.value = rows.at(VALUE, index);
    this.step = rows.at(STEP, index);
    this.time = rows.at(TIME, index);
    this.#rows = rows;
    this.#index = index;
  }

  get timestamp(): Timestamp {
    return readTimestamp((column) => this.#rows.at(column, this.#index));
  }
}
