import { BLOCK_ROWS, packBlock, readPacked, unpack } from "./packed-block.ts";
import type { Layout } from "./packed-block.ts";

const FIRST_ROWS = 8;

/** Columns as they were at one moment. */
export type ColumnReader = Pick<PackedColumns, "rows" | "at" | "fill">;

/**
 * Columns of numbers that only grow, a row at a time. Full blocks are packed; at most `BLOCK_ROWS`
 * rows wait as plain numbers.
 */
export class PackedColumns {
  readonly #layout: Layout;
  #blocks: (DataView | undefined)[] = [];
  /** How many uses each block has, the unfinished one included. */
  #uses: number[] = [];
  /** Blocks in front of the first that is still held. */
  #released = 0;
  #tail: Float64Array;
  #rows = 0;
  #blockBytes = 0;
  #snapshot: ColumnReader | undefined;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#tail = new Float64Array(layout.length * FIRST_ROWS);
  }

  /** Rows ever appended. Row numbers never change, also when rows before them are released. */
  get rows(): number {
    return this.#rows;
  }

  /** What the columns occupy, without the few objects around them. */
  get byteLength(): number {
    return this.#blockBytes + this.#tail.byteLength;
  }

  /** Unpacked rows, row after row; valid until the next {@link append}. */
  get tail(): Float64Array {
    return this.#tail;
  }

  /**
   * Makes room for a row, which the caller then writes to {@link tail}, and returns where there. A
   * block is kept until all uses of all its rows are released.
   */
  append(uses: number): number {
    const width = this.#layout.length;
    const row = this.#rows % BLOCK_ROWS;
    if (row === 0) this.#startBlock();
    else if (row * width === this.#tail.length) this.#growTail();
    this.#rows++;
    this.#snapshot = undefined;
    this.#uses[this.#blocks.length]! += uses;
    return row * width;
  }

  at(column: number, row: number): number {
    const block = Math.floor(row / BLOCK_ROWS);
    const rowInBlock = row - block * BLOCK_ROWS;
    const packed = this.#blocks[block - this.#released];
    if (packed !== undefined) return readPacked(packed, this.#layout, column, rowInBlock);
    return this.#tail[rowInBlock * this.#layout.length + column]!;
  }

  /** Writes the rows from `from` on to `out` until it is full. */
  fill(column: number, from: number, out: Float64Array): void {
    const width = this.#layout.length;
    for (let done = 0; done < out.length;) {
      const block = Math.floor((from + done) / BLOCK_ROWS);
      const first = from + done - block * BLOCK_ROWS;
      const end = Math.min(BLOCK_ROWS, first + out.length - done);
      const packed = this.#blocks[block - this.#released];
      if (packed !== undefined) unpack(packed, this.#layout, column, first, end, out, done);
      else
        for (let row = first; row < end; row++) out[done + row - first] = this.#tail[row * width + column]!;
      done += end - first;
    }
  }

  /** Takes back one use of each of these rows. The last row is always in use. */
  release(from: number, to: number): void {
    for (let row = from; row < to;) {
      const block = Math.floor(row / BLOCK_ROWS);
      const end = Math.min(to, (block + 1) * BLOCK_ROWS);
      const index = block - this.#released;
      this.#uses[index]! -= end - row;
      row = end;
      if (this.#uses[index] === 0) this.#drop(index);
    }
  }

  /** What the columns hold now, whatever is appended or released later. */
  snapshot(): ColumnReader {
    if (this.#snapshot !== undefined) return this.#snapshot;
    const copy = new PackedColumns(this.#layout);
    const packedRows = (this.#released + this.#blocks.length) * BLOCK_ROWS;
    copy.#blocks = this.#blocks.slice();
    copy.#released = this.#released;
    copy.#tail = this.#tail.slice(0, (this.#rows - packedRows) * this.#layout.length);
    copy.#rows = this.#rows;
    this.#snapshot = copy;
    return copy;
  }

  #startBlock(): void {
    if (this.#rows > 0) {
      const packed = packBlock(this.#tail, this.#layout);
      this.#blocks.push(packed);
      this.#blockBytes += packed.byteLength;
    }
    this.#uses.push(0);
  }

  #drop(index: number): void {
    this.#blockBytes -= this.#blocks[index]?.byteLength ?? 0;
    this.#blocks[index] = undefined;
    this.#trim();
  }

  #trim(): void {
    while (this.#blocks.length > 0 && this.#blocks[0] === undefined) {
      this.#blocks.shift();
      this.#uses.shift();
      this.#released++;
    }
  }

  #growTail(): void {
    const larger = new Float64Array(Math.min(this.#tail.length * 2, this.#layout.length * BLOCK_ROWS));
    larger.set(this.#tail);
    this.#tail = larger;
  }
}
