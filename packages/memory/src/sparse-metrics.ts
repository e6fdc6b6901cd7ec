import type { Timestamp } from "@mlog/core";
import type { LastPoint, MetricLayout, MetricPart } from "./metric-part.ts";
import { BLOCK_ROWS } from "./packed-block.ts";
import { PackedColumns } from "./packed-columns.ts";
import type { ColumnReader } from "./packed-columns.ts";
import { readColumn } from "./rows.ts";
import type { Rows } from "./rows.ts";
import { appendStamp, createStampColumns, SEQUENCE, STEP, TIME, VALUE } from "./stamp-columns.ts";

// The two columns of a series: which call, and what value.
const CALL = 0;
const POINT = 1;
const SERIES_LAYOUT = [-1, -1];

/**
 * Calls whose sets of names hardly ever recur, so that a table each would be mostly empty: one row of
 * stamps per call, and per name the calls that had it with its values.
 */
export class SparseMetrics {
  readonly #stamps: PackedColumns = createStampColumns();
  readonly #series = new Map<string, Series>();
  readonly #maxPoints: number;

  /** `maxPoints` are kept of each metric at least; older ones go `BLOCK_ROWS` at a time. */
  constructor(maxPoints: number) {
    this.#maxPoints = maxPoints;
  }

  get byteLength(): number {
    let sum = this.#stamps.byteLength;
    for (const series of this.#series.values()) sum += series.byteLength;
    return sum;
  }

  /** For calls with these names. */
  layout(names: readonly string[]): MetricLayout {
    const stamps = this.#stamps;
    const parts = names.map((name) => this.#seriesOf(name));
    return {
      parts,
      append(sequence, { values }, stamp) {
        const call = stamps.rows;
        appendStamp(stamps, sequence, stamp, parts.length);
        for (let i = 0; i < parts.length; i++) parts[i]!.append(call, values[i]!, stamp.timestamp);
      },
    };
  }

  #seriesOf(name: string): Series {
    let series = this.#series.get(name);
    if (series === undefined) this.#series.set(name, (series = new Series(this.#stamps, this.#maxPoints)));
    return series;
  }
}

/** The points of one name. */
class Series implements MetricPart {
  readonly #stamps: PackedColumns;
  readonly #points = new PackedColumns(SERIES_LAYOUT);
  readonly #maxPoints: number;
  #first = 0;
  #lastTimestamp: Timestamp | undefined;

  constructor(stamps: PackedColumns, maxPoints: number) {
    this.#stamps = stamps;
    this.#maxPoints = maxPoints;
  }

  get total(): number {
    return this.#points.rows;
  }

  get byteLength(): number {
    return this.#points.byteLength;
  }

  append(call: number, value: number, timestamp: Timestamp): void {
    const at = this.#points.append(1);
    const { tail } = this.#points;
    tail[at + CALL] = call;
    tail[at + POINT] = value;
    this.#lastTimestamp = timestamp;
    if (this.total - this.#first - BLOCK_ROWS >= this.#maxPoints) this.#dropBlock();
  }

  last(): LastPoint {
    const call = this.#points.at(CALL, this.total - 1);
    return {
      sequence: this.#stamps.at(SEQUENCE, call),
      value: this.#points.at(POINT, this.total - 1),
      step: this.#stamps.at(STEP, call),
      time: this.#stamps.at(TIME, call),
      timestamp: this.#lastTimestamp!,
    };
  }

  rows(): Rows {
    return new SeriesRows(this.#stamps.snapshot(), this.#points.snapshot(), this.#first, this.total);
  }

  #dropBlock(): void {
    const end = this.#first + BLOCK_ROWS;
    for (let point = this.#first; point < end; point++) {
      const call = this.#points.at(CALL, point);
      this.#stamps.release(call, call + 1);
    }
    this.#points.release(this.#first, end);
    this.#first = end;
  }
}

/** A stretch of a series. */
class SeriesRows implements Rows {
  readonly length: number;
  readonly #stamps: ColumnReader;
  readonly #points: ColumnReader;
  readonly #from: number;

  constructor(stamps: ColumnReader, points: ColumnReader, from: number, to: number) {
    this.#stamps = stamps;
    this.#points = points;
    this.#from = from;
    this.length = to - from;
  }

  at(column: number, index: number): number {
    if (column === VALUE) return this.#points.at(POINT, this.#from + index);
    return this.#stamps.at(column, this.#points.at(CALL, this.#from + index));
  }

  fill(column: number, out: Float64Array): void {
    if (column === VALUE) return this.#points.fill(POINT, this.#from, out);
    this.#points.fill(CALL, this.#from, out);
    for (let i = 0; i < out.length; i++) out[i] = this.#stamps.at(column, out[i]!);
  }

  pieces(): Float64Array[] {
    return [readColumn(this, VALUE)];
  }

  slice(from: number, to: number): Rows {
    return new SeriesRows(this.#stamps, this.#points, this.#from + from, this.#from + to);
  }

  isAscending(): boolean {
    return false;
  }
}
