/** What a stretch of values comes to. Only finite values count, but for `rows`. */
export interface Extent {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly finite: number;
}

/** Numbers per group in {@link groupsOf}: step, time and batch of its first row, min, max, sum, finite. */
export const GROUP_FIELDS = 7;
/** Rows that one group stands for. */
export const GROUP_ROWS = 64;

/** Rows of a series, column by column. */
export interface Columns {
  readonly step: Float64Array;
  /** Unix ms. */
  readonly time: Float64Array;
  readonly batch: Float64Array;
  readonly value: Float64Array;
}

export function extentOf(values: Float64Array, start = 0, end: number = values.length): Extent {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let finite = 0;
  for (let i = start; i < end; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    finite++;
  }
  return { min, max, sum, finite };
}

/** {@link GROUP_FIELDS} numbers for every {@link GROUP_ROWS} rows: what is read where single rows would be too many. */
export function groupsOf({ step, time, batch, value }: Columns): Float64Array {
  const groups = new Float64Array(Math.ceil(value.length / GROUP_ROWS) * GROUP_FIELDS);
  for (let row = 0, at = 0; row < value.length; row += GROUP_ROWS, at += GROUP_FIELDS) {
    const { min, max, sum, finite } = extentOf(value, row, Math.min(row + GROUP_ROWS, value.length));
    groups.set([step[row]!, time[row]!, batch[row]!, min, max, sum, finite], at);
  }
  return groups;
}
