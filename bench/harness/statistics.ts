/** What repeated measurements of one thing say. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The value below which the share `q` (0 to 1) of `values` lies, by nearest rank; NaN without values. */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

export function summarize(values: ArrayLike<number>): Summary {
  return { median: quantile(values, 0.5), min: quantile(values, 0), max: quantile(values, 1) };
}
