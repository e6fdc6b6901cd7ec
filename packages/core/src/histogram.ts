import { check } from "./errors.ts";
import { toNumber } from "./element.ts";
import type { Histogram } from "./records.ts";
import type { DType, TensorData } from "./tensor.ts";

/** More bins than this are no picture of a distribution but a copy of it. */
const BINS_LIMIT = 512;

/**
 * Counts the values of a tensor in bins of equal width from the smallest to the largest finite
 * one. `counts[i]` has the values with `edges[i] <= value < edges[i + 1]`; the last bin includes its
 * right edge, so that every finite value is in one.
 *
 * - All finite values equal: the bins go from 0.5 below to 0.5 above (as in NumPy; further where
 *   such bins would be finer than float64 is there).
 * - No finite value: the bins go from 0 to 1 and are empty.
 * - int64 and uint64 are rounded to float64; a bool counts as its byte.
 *
 * @param bins 1 to 512, default: 64
 * @throws MlogRangeError `INVALID_ARGUMENT` for any other number of bins
 */
export function computeHistogram(
  name: string,
  data: TensorData,
  dtype: DType,
  bins: number | undefined = 64,
): Histogram {
  const isBins = Number.isInteger(bins) && bins > 0 && bins <= BINS_LIMIT;
  check(isBins, "INVALID_ARGUMENT", "bins", `be an integer from 1 to ${BINS_LIMIT}`, bins);
  const values = /float16|int64/.test(dtype) ? decode(data, dtype) : (data as Float64Array);
  let low = Infinity;
  let high = -Infinity;
  let nan = 0;
  let infinity = 0;
  let negativeInfinity = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value === 0) {
      if (value < low) low = value;
      if (value > high) high = value;
    } else if (value > 0) infinity++;
    else if (value < 0) negativeInfinity++;
    else nan++;
  }
  const edges = makeEdges(low, high, bins);
  const nonFinite = Object.freeze({ nan, infinity, negativeInfinity });
  return Object.freeze({ name, counts: count(values, edges), edges, nonFinite });
}

function makeEdges(min: number, max: number, bins: number): Float64Array {
  let [low, high] = min > max ? [0, 1] : [min, max];
  if (low === high) {
    const margin = Math.max(0.5, Math.abs(low) / 2 ** 43);
    low = Math.max(low - margin, -Number.MAX_VALUE);
    high = Math.min(high + margin, Number.MAX_VALUE);
  }
  const edges = new Float64Array(bins + 1).fill(low);
  for (let i = 1; i <= bins; i++) {
    // Unlike `low + (high - low) * part` this cannot overflow; rounding may not put edges out of order.
    const edge = low * (1 - i / bins) + high * (i / bins);
    edges[i] = Math.min(Math.max(edge, edges[i - 1]!), high);
  }
  return edges;
}

function count(values: Float64Array, edges: Float64Array): Float64Array {
  const bins = edges.length - 1;
  const counts = new Float64Array(bins);
  const low = edges[0]!;
  const scale = bins / (edges[bins]! - low);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) continue;
    // Rounding may miss by a bin, in extreme ranges by more: the edges decide.
    let bin = Math.min(((value - low) * scale) | 0, bins - 1);
    while (value < edges[bin]!) bin--;
    while (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return counts;
}

function decode(data: TensorData, dtype: DType): Float64Array {
  const values = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) values[i] = toNumber(data[i]!, dtype);
  return values;
}
