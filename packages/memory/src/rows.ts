/**
 * Points of one metric in the order in which they were logged, read by column number (see
 * stamp-columns.ts). They never change.
 */
export interface Rows {
  readonly length: number;
  at(column: number, index: number): number;
  /** Writes the whole column to `out`, which is as long as the rows. */
  fill(column: number, out: Float64Array): void;
  /** The values one after the other; each piece may only be read until the next. */
  pieces(): Iterable<Float64Array>;
  slice(from: number, to: number): Rows;
  /** Whether no value of the column is below the one before it; false where that is not known. */
  isAscending(column: number): boolean;
}

export function readColumn(rows: Rows, column: number): Float64Array {
  const out = new Float64Array(rows.length);
  rows.fill(column, out);
  return out;
}
