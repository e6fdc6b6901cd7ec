import type { Extremes } from "./extremes.ts";

/**
 * Of the candidates, the first, the last and one from each of `count - 2` buckets between them: the
 * one that makes the largest triangle with the point chosen before it and the mean of the bucket
 * after it (Steinarsson's LTTB). `lowest` and `highest` are chosen whatever their triangles. All
 * numbers are places among the candidates.
 */
export function largestTriangles(
  x: Float64Array,
  y: Float64Array,
  { lowest, highest }: Extremes,
  count: number,
): Uint32Array {
  const edges = bucketEdges(y.length, count - 2, Math.min(lowest, highest), Math.max(lowest, highest));
  const chosen = new Uint32Array(count);
  chosen[count - 1] = y.length - 1;
  for (let bucket = 0; bucket < count - 2; bucket++) {
    const start = edges[bucket]!;
    const end = edges[bucket + 1]!;
    if (lowest >= start && lowest < end) chosen[bucket + 1] = lowest;
    else if (highest >= start && highest < end) chosen[bucket + 1] = highest;
    else {
      const next = bucketMean(x, y, end, edges[bucket + 2] ?? y.length);
      chosen[bucket + 1] = largestTriangle(x, y, start, end, chosen[bucket]!, next);
    }
  }
  return chosen;
}

interface Mean {
  readonly x: number;
  /** Of the finite values; NaN if there is none. */
  readonly y: number;
}

/** Buckets of equal numbers of candidates, but never both of two given candidates in one bucket. */
function bucketEdges(candidates: number, buckets: number, first: number, second: number): Uint32Array {
  const edges = new Uint32Array(buckets + 1);
  for (let i = 0; i <= buckets; i++) edges[i] = 1 + Math.floor((i * (candidates - 2)) / buckets);
  if (first < 1 || first === second || buckets < 2) return edges;
  const bucket = edges.findIndex((edge) => edge > first) - 1;
  if (edges[bucket + 1]! > second) edges[bucket + 1 < buckets ? bucket + 1 : bucket] = second;
  return edges;
}

function bucketMean(x: Float64Array, y: Float64Array, start: number, end: number): Mean {
  let sumX = 0;
  let sumY = 0;
  let finite = 0;
  for (let i = start; i < end; i++) {
    const value = y[i]!;
    sumX += x[i]!;
    if (!Number.isFinite(value)) continue;
    sumY += value;
    finite++;
  }
  return { x: sumX / (end - start), y: sumY / finite };
}

function largestTriangle(
  x: Float64Array,
  y: Float64Array,
  start: number,
  end: number,
  previous: number,
  next: Mean,
): number {
  // Beside a gap there is no corner to measure from: the other one stands in for it.
  const previousX = x[previous]!;
  const previousY = Number.isFinite(y[previous]!) ? y[previous]! : Number.isNaN(next.y) ? 0 : next.y;
  const nextY = Number.isNaN(next.y) ? previousY : next.y;
  let largest = -1;
  let chosen = start;
  for (let i = start; i < end; i++) {
    const value = y[i]!;
    if (Number.isNaN(value)) continue;
    const area = Number.isFinite(value)
      ? Math.abs((previousX - next.x) * (value - previousY) - (previousX - x[i]!) * (nextY - previousY))
      : Infinity;
    if (area > largest || Number.isNaN(y[chosen]!)) {
      largest = area;
      chosen = i;
    }
  }
  return chosen;
}
