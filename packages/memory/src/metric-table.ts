import type { Metrics, Stamp, Timestamp } from "@mlog/core";
import type { LastPoint, MetricLayout, MetricPart } from "./metric-part.ts";
import type { ColumnReader, PackedColumns } from "./packed-columns.ts";
import type { Rows } from "./rows.ts";
import { appendStamp, createStampColumns, SEQUENCE, VALUE } from "./stamp-columns.ts";

const FIRST_ROWS = 16;
/** Large enough that chunks are few, small enough that the unused end of the last one is little. */
const CHUNK_BYTES = 64 * 1024;
/** Below this many numbers a loop copies faster than `set`. */
const COPY_WITH_SET = 12;

interface Snapshot {
  readonly stamps: ColumnReader;
  readonly chunks: readonly Float64Array[];
  readonly chunkRows: number;
  /** Row number of the first row of the first chunk. */
  readonly first: number;
  readonly rows: number;
  readonly width: number;
  readonly ascending: readonly boolean[];
}

/** All calls with the same set of names: a row of numbers each, with one stamp for the whole row. */
export class MetricTable implements MetricLayout {
  readonly names: readonly string[];
  readonly parts: readonly MetricPart[];
  readonly #width: number;
  readonly #stamps: PackedColumns = createStampColumns();
  readonly #maxRows: number;
  readonly #chunkRows: number;
  #chunks: Float64Array[] = [];
  #chunk = new Float64Array(0);
  /** Where in the last chunk the next row goes. */
  #end = 0;
  #first = 0;
  #rows = 0;
  #stepsAscend = true;
  #timesAscend = true;
  #lastStep = -Infinity;
  #lastTime = -Infinity;
  #lastTimestamp: Timestamp | undefined;
  #snapshot: Snapshot | undefined;

  /** `maxRows` are kept at least; older ones go a chunk at a time. */
  constructor(names: readonly string[], maxRows: number) {
    const width = names.length;
    this.names = names;
    this.#width = width;
    this.parts = names.map((_, column) => new TableColumn(this, column));
    this.#maxRows = maxRows;
    const rows = Math.min(Math.max(FIRST_ROWS, maxRows / 4), CHUNK_BYTES / 8 / width);
    this.#chunkRows = Math.max(1, 2 ** Math.floor(Math.log2(rows)));
  }

  get rows(): number {
    return this.#rows;
  }

  get byteLength(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.byteLength, this.#stamps.byteLength);
  }

  append(sequence: number, metrics: Metrics, stamp: Stamp): void {
    // Whatever may fail for want of memory comes first, so that no row is half there.
    if (this.#end === this.#chunk.length) this.#grow();
    appendStamp(this.#stamps, sequence, stamp, 1);
    const { values } = metrics;
    const width = this.#width;
    const chunk = this.#chunk;
    const at = this.#end;
    if (width < COPY_WITH_SET || values.length !== width)
      for (let i = 0; i < width; i++) chunk[at + i] = values[i]!;
    else chunk.set(values, at);
    this.#end = at + width;
    this.#rows++;
    if (stamp.step < this.#lastStep) this.#stepsAscend = false;
    if (stamp.time < this.#lastTime) this.#timesAscend = false;
    this.#lastStep = stamp.step;
    this.#lastTime = stamp.time;
    this.#lastTimestamp = stamp.timestamp;
    this.#snapshot = undefined;
  }

  last(column: number): LastPoint {
    return {
      sequence: this.#stamps.at(SEQUENCE, this.#rows - 1),
      value: this.#chunk[this.#end - this.#width + column]!,
      step: this.#lastStep,
      time: this.#lastTime,
      timestamp: this.#lastTimestamp!,
    };
  }

  /** The table as it is now; chunks are shared, since written rows never change. */
  snapshot(): Snapshot {
    return (this.#snapshot ??= {
      stamps: this.#stamps.snapshot(),
      chunks: this.#chunks.slice(),
      chunkRows: this.#chunkRows,
      first: this.#first,
      rows: this.#rows,
      width: this.#width,
      ascending: [true, this.#stepsAscend, this.#timesAscend],
    });
  }

  #grow(): void {
    const width = this.#width;
    const full = this.#chunkRows * width;
    if (this.#chunk.length > 0 && this.#chunk.length < full) {
      const larger = new Float64Array(this.#chunk.length * 2);
      larger.set(this.#chunk);
      this.#chunk = larger;
      this.#chunks[this.#chunks.length - 1] = larger;
      return;
    }
    this.#dropOld();
    // Only the first chunk starts small, since only it can be nearly the whole table.
    this.#chunk = new Float64Array(this.#rows === 0 ? Math.min(full, FIRST_ROWS * width) : full);
    this.#chunks.push(this.#chunk);
    this.#end = 0;
  }

  #dropOld(): void {
    while (this.#rows - this.#first - this.#chunkRows >= this.#maxRows) {
      this.#chunks.shift();
      this.#stamps.release(this.#first, this.#first + this.#chunkRows);
      this.#first += this.#chunkRows;
    }
  }
}

class TableColumn implements MetricPart {
  readonly #table: MetricTable;
  readonly #column: number;

  constructor(table: MetricTable, column: number) {
    this.#table = table;
    this.#column = column;
  }

  get total(): number {
    return this.#table.rows;
  }

  last(): LastPoint {
    return this.#table.last(this.#column);
  }

  rows(): Rows {
    const snapshot = this.#table.snapshot();
    return new TableRows(snapshot, this.#column, snapshot.first, snapshot.rows);
  }
}

/** A stretch of one column of a table. */
class TableRows implements Rows {
  readonly length: number;
  readonly #snapshot: Snapshot;
  readonly #column: number;
  readonly #from: number;

  constructor(snapshot: Snapshot, column: number, from: number, to: number) {
    this.#snapshot = snapshot;
    this.#column = column;
    this.#from = from;
    this.length = to - from;
  }

  at(column: number, index: number): number {
    const { stamps, chunks, chunkRows, first, width } = this.#snapshot;
    if (column !== VALUE) return stamps.at(column, this.#from + index);
    const row = this.#from - first + index;
    const chunk = Math.floor(row / chunkRows);
    return chunks[chunk]![(row - chunk * chunkRows) * width + this.#column]!;
  }

  fill(column: number, out: Float64Array): void {
    if (column !== VALUE) this.#snapshot.stamps.fill(column, this.#from, out);
    else this.#fillValues(out);
  }

  slice(from: number, to: number): Rows {
    return new TableRows(this.#snapshot, this.#column, this.#from + from, this.#from + to);
  }

  isAscending(column: number): boolean {
    return this.#snapshot.ascending[column] ?? false;
  }

  /** Chunk by chunk; a column among others is gathered, since an even walk through memory is much faster. */
  *pieces(): Iterable<Float64Array> {
    const { chunks, chunkRows, first, width } = this.#snapshot;
    const gathered = new Float64Array(width === 1 ? 0 : Math.min(chunkRows, this.length));
    for (let done = 0; done < this.length;) {
      const row = this.#from - first + done;
      const index = Math.floor(row / chunkRows);
      const start = row - index * chunkRows;
      const end = Math.min(chunkRows, start + this.length - done);
      const chunk = chunks[index]!;
      if (width === 1) yield chunk.subarray(start, end);
      else {
        let count = 0;
        for (let at = start * width + this.#column; at < end * width; at += width)
          gathered[count++] = chunk[at]!;
        yield gathered.subarray(0, count);
      }
      done += end - start;
    }
  }

  #fillValues(out: Float64Array): void {
    let done = 0;
    for (const piece of this.pieces()) {
      out.set(piece, done);
      done += piece.length;
    }
  }
}
