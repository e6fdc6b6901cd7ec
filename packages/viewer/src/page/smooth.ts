/**
 * Exponential moving average, each value with the weight that its place gives it from the first one on, so that a curve does not
 * begin at zero. Values that are not finite stay as they are and count for nothing.
 *
 * @param weight of what came before, from 0 to below 1
 */
export function smooth(values: Float64Array, weight: number): Float64Array {
  if (weight <= 0) return values;
  const out = new Float64Array(values.length);
  let sum = 0;
  let norm = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      out[i] = value;
      continue;
    }
    sum = weight * sum + (1 - weight) * value;
    norm = weight * norm + (1 - weight);
    out[i] = sum / norm;
  }
  return out;
}
