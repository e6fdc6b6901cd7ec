/** Rows that are packed together. */
export const BLOCK_ROWS = 256;

/**
 * One entry per column: the column that it is counted from, or -1. A counter within an epoch is the
 * total less the total at the epoch's start; that start hardly ever changes, so it is what is stored.
 * A column that others are counted from must itself be counted from none.
 */
export type Layout = readonly number[];

// How a column's distances from a straight line are stored: bytes per row, 8 meaning the values as they are.
const LINE = 0;
const RAW = 8;
const WIDTH_BITS = 15;
const RELATIVE = 16;

const HEADER_BYTES = 18;
// Packing never gives way to other code, so that all blocks can be made in the same memory.
let scratch = new DataView(new ArrayBuffer(0));
const values = new Float64Array(BLOCK_ROWS);
const totals = new Float64Array(BLOCK_ROWS);
const distances = new Int32Array(BLOCK_ROWS);

/**
 * Packs `BLOCK_ROWS` rows of numbers, given row after row, without loss (NaN and -0 included). Step
 * counters advance in even strides and clocks nearly so: a column is a straight line, which takes no
 * room at all, plus the smallest integers that hold the distances from it.
 */
export function packBlock(rows: Float64Array, layout: Layout): DataView {
  const width = layout.length;
  const largest = width * (HEADER_BYTES + RAW * BLOCK_ROWS);
  if (scratch.byteLength < largest) scratch = new DataView(new ArrayBuffer(largest));
  const block = scratch;
  let end = width * HEADER_BYTES;
  for (let column = 0; column < width; column++) {
    const relative = loadRelative(rows, width, column, layout[column]!);
    if (!relative) load(rows, width, column);
    const base = values[0]!;
    const slope = (values[BLOCK_ROWS - 1]! - base) / (BLOCK_ROWS - 1);
    const size = measure(base, slope);
    const header = column * HEADER_BYTES;
    block.setUint8(header, size | (relative ? RELATIVE : 0));
    block.setUint8(header + 1, (end - width * HEADER_BYTES) / BLOCK_ROWS);
    block.setFloat64(header + 2, base, true);
    block.setFloat64(header + 10, slope, true);
    write(block, end, size);
    end += size * BLOCK_ROWS;
  }
  return new DataView(block.buffer.slice(0, end));
}

/** One number of a packed block. */
export function readPacked(block: DataView, layout: Layout, column: number, row: number): number {
  const stored = readStored(block, layout.length, column, row);
  if ((block.getUint8(column * HEADER_BYTES) & RELATIVE) === 0) return stored;
  return readStored(block, layout.length, layout[column]!, row) - stored;
}

/** Writes the rows `from` to `to` of a column to `out`, starting at `at`. */
export function unpack(
  block: DataView,
  layout: Layout,
  column: number,
  from: number,
  to: number,
  out: Float64Array,
  at: number,
): void {
  unpackStored(block, layout.length, column, from, to, values);
  if ((block.getUint8(column * HEADER_BYTES) & RELATIVE) === 0) {
    for (let row = from; row < to; row++) out[at + row - from] = values[row]!;
    return;
  }
  unpackStored(block, layout.length, layout[column]!, from, to, totals);
  for (let row = from; row < to; row++) out[at + row - from] = totals[row]! - values[row]!;
}

function readStored(block: DataView, width: number, column: number, row: number): number {
  const header = column * HEADER_BYTES;
  const size = block.getUint8(header) & WIDTH_BITS;
  const start = width * HEADER_BYTES + block.getUint8(header + 1) * BLOCK_ROWS;
  if (size === RAW) return block.getFloat64(start + 8 * row, true);
  const predicted = predict(block.getFloat64(header + 2, true), block.getFloat64(header + 10, true), row);
  if (size === LINE) return predicted;
  if (size === 1) return predicted + block.getInt8(start + row);
  if (size === 2) return predicted + block.getInt16(start + 2 * row, true);
  return predicted + block.getInt32(start + 4 * row, true);
}

function unpackStored(
  block: DataView,
  width: number,
  column: number,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const header = column * HEADER_BYTES;
  const size = block.getUint8(header) & WIDTH_BITS;
  const start = width * HEADER_BYTES + block.getUint8(header + 1) * BLOCK_ROWS;
  if (size === RAW) {
    for (let row = from; row < to; row++) out[row] = block.getFloat64(start + 8 * row, true);
    return;
  }
  const base = block.getFloat64(header + 2, true);
  const slope = block.getFloat64(header + 10, true);
  for (let row = from; row < to; row++) out[row] = predict(base, slope, row);
  if (size === 1) for (let row = from; row < to; row++) out[row]! += block.getInt8(start + row);
  else if (size === 2)
    for (let row = from; row < to; row++) out[row]! += block.getInt16(start + 2 * row, true);
  else if (size === 4)
    for (let row = from; row < to; row++) out[row]! += block.getInt32(start + 4 * row, true);
}

function predict(base: number, slope: number, row: number): number {
  return slope === 0 ? base : Math.floor(base + slope * row);
}

function load(rows: Float64Array, width: number, column: number): void {
  for (let row = 0, at = column; row < BLOCK_ROWS; row++, at += width) values[row] = rows[at]!;
}

/** False, with `values` undefined, where the difference could not be undone to the last bit. */
function loadRelative(rows: Float64Array, width: number, column: number, reference: number): boolean {
  if (reference < 0) return false;
  for (let row = 0, at = 0; row < BLOCK_ROWS; row++, at += width) {
    const total = rows[at + reference]!;
    const difference = total - rows[at + column]!;
    if (!Object.is(total - difference, rows[at + column]!)) return false;
    values[row] = difference;
  }
  return true;
}

/** Fills `distances`; the bytes that each of them takes. */
function measure(base: number, slope: number): number {
  // Most columns stand still for a whole block.
  let row = 0;
  if (slope === 0) while (row < BLOCK_ROWS && Object.is(values[row], base)) row++;
  if (row === BLOCK_ROWS) return LINE;
  let low = 0;
  let high = 0;
  for (row = 0; row < BLOCK_ROWS; row++) {
    const predicted = predict(base, slope, row);
    const distance = (values[row]! - predicted) | 0;
    if (!Object.is(predicted + distance, values[row]!)) return RAW;
    distances[row] = distance;
    if (distance < low) low = distance;
    else if (distance > high) high = distance;
  }
  if (low === 0 && high === 0) return LINE;
  if (low >= -128 && high <= 127) return 1;
  return low >= -32768 && high <= 32767 ? 2 : 4;
}

function write(block: DataView, start: number, size: number): void {
  if (size === RAW)
    for (let row = 0; row < BLOCK_ROWS; row++) block.setFloat64(start + 8 * row, values[row]!, true);
  else if (size === 1) for (let row = 0; row < BLOCK_ROWS; row++) block.setInt8(start + row, distances[row]!);
  else if (size === 2)
    for (let row = 0; row < BLOCK_ROWS; row++) block.setInt16(start + 2 * row, distances[row]!, true);
  else if (size === 4)
    for (let row = 0; row < BLOCK_ROWS; row++) block.setInt32(start + 4 * row, distances[row]!, true);
}
