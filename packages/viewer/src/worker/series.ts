import type { ColumnFile } from "./column-file.ts";
import { type Chunk, CHUNK_ROWS, readChunk, readGroups, writeChunk } from "./chunk.ts";
import type { ColumnShape } from "./column.ts";
import { type Columns, type Extent, extentOf, groupsOf } from "./extent.ts";

const FIRST_ROWS = 16;

/** The columns that rows may be ordered by. */
export type OrderColumn = "step" | "time" | "batch";

/** What is kept of a series between two runs of the viewer. */
export interface SeriesState {
  readonly chunks: readonly Chunk[];
  readonly ordered: Readonly<Record<OrderColumn, boolean>>;
  readonly last: number;
}

/** Rows that stand together, in the file or still in memory. */
export interface Block {
  readonly rows: number;
  readonly session: number;
  readonly extent: Extent;
  first(column: OrderColumn): number;
  last(column: OrderColumn): number;
  groups(): Float64Array;
  columns(): Columns;
}

/** One metric, or where the records of one kind stand: rows in the order of the log, the older ones in a file. */
export class Series {
  readonly #file: ColumnFile;
  readonly #chunks: Chunk[];
  /** Whether the rows ascend in that column; for steps also whether no later session repeats one. */
  readonly ordered: Record<OrderColumn, boolean>;
  #count = 0;
  #tail: Columns = emptyColumns(0);
  #tailRows = 0;
  #session = 0;
  /** The value that was logged last. */
  last: number = NaN;
  #min = Infinity;
  #max = -Infinity;
  #sum = 0;
  #finite = 0;
  #lastRow: Record<OrderColumn, number> = { step: -Infinity, time: -Infinity, batch: -Infinity };

  constructor(file: ColumnFile, state?: SeriesState) {
    this.#file = file;
    // JSON has no word for the infinities of an extent without values.
    this.#chunks = (state?.chunks ?? []).map((chunk) =>
      chunk.extent.finite > 0 ? chunk : { ...chunk, extent: extentOf(new Float64Array()) },
    );
    this.ordered = { step: true, time: true, batch: true, ...state?.ordered };
    this.last = state?.last ?? NaN;
    for (const { rows, extent } of this.#chunks) {
      this.#count += rows;
      this.#extend(extent.min, extent.max, extent.sum, extent.finite);
    }
    const chunk = this.#chunks.at(-1);
    if (chunk === undefined) return;
    this.#session = chunk.session;
    this.#lastRow = { step: chunk.step.last, time: chunk.time.last, batch: chunk.batch.last };
  }

  get count(): number {
    return this.#count;
  }

  /** Of all finite values. */
  get extent(): Extent {
    return { min: this.#min, max: this.#max, sum: this.#sum, finite: this.#finite };
  }

  get lastStep(): number {
    return this.#lastRow.step;
  }

  /** Bytes of memory of the rows that are not in the file. */
  get heldBytes(): number {
    return this.#tail.value.byteLength * 4;
  }

  push(step: number, time: number, batch: number, value: number, session: number): void {
    if (session !== this.#session && this.#tailRows > 0) this.seal();
    const last = this.#lastRow;
    if (step < last.step || (step === last.step && session !== this.#session)) this.ordered.step = false;
    if (time < last.time) this.ordered.time = false;
    if (batch < last.batch) this.ordered.batch = false;
    last.step = step;
    last.time = time;
    last.batch = batch;
    this.#session = session;
    this.#makeRoom();
    const row = this.#tailRows++;
    this.#tail.step[row] = step;
    this.#tail.time[row] = time;
    this.#tail.batch[row] = batch;
    this.#tail.value[row] = value;
    this.#count++;
    this.last = value;
    if (Number.isFinite(value)) this.#extend(value, value, value, 1);
    if (this.#tailRows === CHUNK_ROWS) this.seal();
  }

  /** Writes to the file what is still in memory. */
  seal(): void {
    if (this.#tailRows === 0) return;
    this.#chunks.push(writeChunk(this.#file, this.#tailColumns(), this.#session));
    this.#tail = emptyColumns(0);
    this.#tailRows = 0;
  }

  /** All rows, in the order of the log. */
  blocks(): Block[] {
    const blocks = this.#chunks.map((chunk) => chunkBlock(this.#file, chunk));
    if (this.#tailRows > 0) blocks.push(memoryBlock(this.#tailColumns(), this.#session));
    return blocks;
  }

  /** What a later run of the viewer needs, once everything is sealed. */
  state(): SeriesState {
    return { chunks: this.#chunks, ordered: this.ordered, last: this.last };
  }

  #tailColumns(): Columns {
    const { step, time, batch, value } = this.#tail;
    const rows = this.#tailRows;
    return {
      step: step.subarray(0, rows),
      time: time.subarray(0, rows),
      batch: batch.subarray(0, rows),
      value: value.subarray(0, rows),
    };
  }

  #makeRoom(): void {
    const capacity = this.#tail.value.length;
    if (this.#tailRows < capacity) return;
    const larger = emptyColumns(Math.min(CHUNK_ROWS, Math.max(FIRST_ROWS, capacity * 4)));
    for (const name of ["step", "time", "batch", "value"] as const) larger[name].set(this.#tail[name]);
    this.#tail = larger;
  }

  #extend(min: number, max: number, sum: number, finite: number): void {
    if (min < this.#min) this.#min = min;
    if (max > this.#max) this.#max = max;
    this.#sum += sum;
    this.#finite += finite;
  }
}

function emptyColumns(rows: number): Columns {
  return {
    step: new Float64Array(rows),
    time: new Float64Array(rows),
    batch: new Float64Array(rows),
    value: new Float64Array(rows),
  };
}

function chunkBlock(file: ColumnFile, chunk: Chunk): Block {
  const shape = (column: OrderColumn): ColumnShape => chunk[column];
  return {
    rows: chunk.rows,
    session: chunk.session,
    extent: chunk.extent,
    first: (column) => shape(column).first,
    last: (column) => shape(column).last,
    groups: () => readGroups(file, chunk),
    columns: () => readChunk(file, chunk),
  };
}

/** Rows in memory as a block. */
export function memoryBlock(columns: Columns, session = 0): Block {
  return {
    rows: columns.value.length,
    session,
    extent: extentOf(columns.value),
    first: (column) => columns[column][0]!,
    last: (column) => columns[column].at(-1)!,
    groups: () => groupsOf(columns),
    columns: () => columns,
  };
}
