import type { DType } from "@mlog/core";

/** A picture as plain numbers: what a test says it is, without any code of the packages. */
export interface Plain {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** One number per pixel and channel, (H,W,C). */
  readonly values: readonly number[] | Float64Array;
  readonly dtype: DType;
}

/** The bytes that Composer's rule gives, one plain step after the other. */
export function referenceBytes({ values: given, dtype }: Plain): Uint8Array {
  const rounded = roundingOf(dtype);
  // Differences of the largest doubles are no doubles; half of them are.
  const isHuge = given.some((value) => Number.isFinite(value) && Math.abs(value) > Number.MAX_VALUE / 2);
  const values = isHuge ? given.map((value) => value / 2) : given;
  let lowest = Infinity;
  let highest = -Infinity;
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index])) continue;
    lowest = Math.min(lowest, values[index]!);
    highest = Math.max(highest, values[index]!);
  }
  let precise = rounded;
  if (precise(highest - lowest) === Infinity) precise = (value) => value;
  const isNegative = lowest < 0;
  const isUnit = isNegative || highest <= 1;
  const bytes = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index++) {
    let result = values[index]!;
    if (isNegative) result = precise(precise(result - lowest) / precise(highest - lowest));
    if (isUnit && Number.isFinite(highest)) result = precise(result * 255);
    if (Number.isNaN(result)) result = 0;
    bytes[index] = Math.trunc(Math.min(255, Math.max(0, result)));
  }
  return bytes;
}

/** The bytes of values between `low` and `high`, to the nearest. */
export function referenceRange(values: Plain["values"], low: number, high: number): Uint8Array {
  return Uint8Array.from(values, (value) => {
    const result = Math.floor(((value - low) / (high - low)) * 255 + 0.5);
    return Number.isNaN(result) ? 0 : Math.min(255, Math.max(0, result));
  });
}

/** What a result of arithmetic becomes in numpy's type for `dtype`; integers are divided as float64. */
export function roundingOf(dtype: DType): (value: number) => number {
  if (dtype === "float16") return Math.f16round;
  if (dtype === "float32" || dtype === "bfloat16") return Math.fround;
  return (value) => value;
}
