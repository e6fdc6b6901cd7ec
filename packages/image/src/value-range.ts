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

/** Infinity and -Infinity, in this order, if no value is finite. */
export function valueRange(values: Numbers): ValueRange {
  const range = values instanceof Float32Array ? rangeOfSingles(values) : rangeOf(values);
  return range.min === -Infinity || range.max === Infinity ? finiteRange(values) : range;
}

/** The loop of `rangeOf` once more: a loop over a single type is a quarter faster, and this is the type of tensors. */
function rangeOfSingles(values: Float32Array): ValueRange {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

function rangeOf(values: Numbers): ValueRange {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

function finiteRange(values: Numbers): ValueRange {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
