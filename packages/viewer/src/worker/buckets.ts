import { CHUNK_ROWS } from "./chunk.ts";
import { type Extent, extentOf, GROUP_FIELDS, GROUP_ROWS } from "./extent.ts";
import type { Block, OrderColumn } from "./series.ts";

/** Stretches of neighbouring rows, each with the place of its first row and what its values come to. */
export interface Buckets {
  /** Rows per bucket, a power of two; with 1, each bucket is a row as it was logged. */
  readonly size: number;
  readonly step: Float64Array;
  readonly time: Float64Array;
  readonly batch: Float64Array;
  /** NaN, as the next two, where no value is finite. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
}

/**
 * The rows from `from` to `to` of a column that ascends, and one more at each side, in about `points` buckets or fewer.
 * Buckets begin at multiples of their size, so that they are the same ones when a chart is moved. No value is
 * left out: each is within the extent of its bucket. Reads as little as the size of the buckets allows.
 */
export function bucketsBetween(
  blocks: readonly Block[],
  column: OrderColumn,
  from: number,
  to: number,
  points: number,
): Buckets {
  const total = blocks.reduce((sum, block) => sum + block.rows, 0);
  const first = Math.max(0, findRow(blocks, column, (x) => x >= from) - 1);
  const end = Math.min(total, findRow(blocks, column, (x) => x > to) + 1);
  let size = 1;
  while ((end - first) / size > points) size *= 2;
  return bucketsOfRows(blocks, first - (first % size), end, size);
}

/** The rows from `first` to before `end`. */
export function bucketsOfRows(blocks: readonly Block[], first: number, end: number, size: number): Buckets {
  const writer = new BucketWriter(Math.max(0, Math.ceil((end - first) / size)) + 1, size);
  let start = 0;
  for (const block of blocks) {
    const low = Math.max(0, first - start);
    const high = Math.min(block.rows, end - start);
    if (low < high) addBlock(writer, block, start, low, high, size);
    start += block.rows;
  }
  return writer.finish();
}

function addBlock(
  writer: BucketWriter,
  block: Block,
  start: number,
  low: number,
  high: number,
  size: number,
): void {
  if (size >= CHUNK_ROWS && block.rows <= CHUNK_ROWS) {
    writer.add(start, block.first("step"), block.first("time"), block.first("batch"), block.extent);
  } else if (size >= GROUP_ROWS) {
    const groups = block.groups();
    for (let row = low - (low % GROUP_ROWS); row < high; row += GROUP_ROWS) {
      const at = (row / GROUP_ROWS) * GROUP_FIELDS;
      const extent = {
        min: groups[at + 3]!,
        max: groups[at + 4]!,
        sum: groups[at + 5]!,
        finite: groups[at + 6]!,
      };
      writer.add(start + row, groups[at]!, groups[at + 1]!, groups[at + 2]!, extent);
    }
  } else {
    const { step, time, batch, value } = block.columns();
    for (let row = low; row < high; row++) {
      writer.add(start + row, step[row]!, time[row]!, batch[row]!, extentOf(value, row, row + 1));
    }
  }
}

/** The first row, of all blocks, of which `found` is true; it is so of all later ones. */
function findRow(blocks: readonly Block[], column: OrderColumn, found: (x: number) => boolean): number {
  let start = 0;
  for (const block of blocks) {
    if (found(block.last(column))) {
      if (found(block.first(column))) return start;
      const values = block.columns()[column];
      let [low, high] = [0, block.rows - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (found(values[middle]!)) high = middle;
        else low = middle + 1;
      }
      return start + low;
    }
    start += block.rows;
  }
  return start;
}

class BucketWriter {
  readonly #size: number;
  readonly #columns: Omit<Buckets, "size">;
  readonly #finite: Float64Array;
  #count = 0;
  #bucket = -1;

  constructor(capacity: number, size: number) {
    this.#size = size;
    const column = (): Float64Array => new Float64Array(capacity);
    this.#columns = {
      step: column(),
      time: column(),
      batch: column(),
      min: column(),
      max: column(),
      mean: column(),
    };
    this.#finite = column();
  }

  /** A stretch that is no longer than a bucket counts to the one in which it begins. */
  add(row: number, step: number, time: number, batch: number, { min, max, sum, finite }: Extent): void {
    const columns = this.#columns;
    const bucket = Math.floor(row / this.#size);
    if (bucket !== this.#bucket) {
      this.#bucket = bucket;
      const at = this.#count++;
      columns.step[at] = step;
      columns.time[at] = time;
      columns.batch[at] = batch;
      columns.min[at] = Infinity;
      columns.max[at] = -Infinity;
    }
    const at = this.#count - 1;
    if (min < columns.min[at]!) columns.min[at] = min;
    if (max > columns.max[at]!) columns.max[at] = max;
    columns.mean[at]! += sum;
    this.#finite[at]! += finite;
  }

  finish(): Buckets {
    const { step, time, batch, min, max, mean } = this.#columns;
    for (let i = 0; i < this.#count; i++) {
      const finite = this.#finite[i]!;
      if (finite === 0) min[i] = max[i] = mean[i] = NaN;
      else mean[i]! /= finite;
    }
    const cut = (column: Float64Array): Float64Array => column.subarray(0, this.#count);
    return {
      size: this.#size,
      step: cut(step),
      time: cut(time),
      batch: cut(batch),
      min: cut(min),
      max: cut(max),
      mean: cut(mean),
    };
  }
}
