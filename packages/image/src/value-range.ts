/** The values of a picture as numbers, whatever their type. */
export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** The smallest and the largest finite value. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/**
 * V8 compiles a function that is called often better than one that runs long: over all values in
 * one call, the loop takes four times as long.
 */
const VALUES_PER_CALL = 8192;

/** Infinity and -Infinity, in this order, if no value is finite. */
export function valueRange(values: Numbers): ValueRange {
  const widenAll = values instanceof Float32Array ? widenBySingles : widen;
  let limits = Float64Array.of(Infinity, -Infinity);
  for (let from = 0; from < values.length; from += VALUES_PER_CALL) {
    widenAll(limits, values as Float32Array, from, Math.min(from + VALUES_PER_CALL, values.length));
  }
  if (limits[0] === -Infinity || limits[1] === Infinity) limits = finiteLimits(values);
  return { min: limits[0]!, max: limits[1]! };
}

/** The loop of `widen` once more: over a single type it is faster, and this is the type of tensors. */
function widenBySingles(limits: Float64Array, values: Float32Array, from: number, end: number): void {
  let min = limits[0]!;
  let max = limits[1]!;
  for (let i = from; i < end; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  limits[0] = min;
  limits[1] = max;
}

function widen(limits: Float64Array, values: Numbers, from: number, end: number): void {
  let min = limits[0]!;
  let max = limits[1]!;
  for (let i = from; i < end; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  limits[0] = min;
  limits[1] = max;
}

function finiteLimits(values: Numbers): Float64Array<ArrayBuffer> {
  const limits = Float64Array.of(Infinity, -Infinity);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < limits[0]!) limits[0] = value;
    if (value > limits[1]!) limits[1] = value;
  }
  return limits;
}
