import { ARRAYS } from "./dtype.ts";
import { check, describe } from "./errors.ts";
import type { TensorData } from "./tensor.ts";
import type { TensorValues } from "./tensor-values.ts";

/** How many elements there are. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/**
 * The elements of a strided view in row-major order: in the same memory where they lie so, else copied.
 *
 * @param stride in elements, one per axis
 * @param offset of the first element
 * @throws MlogRangeError `INVALID_TENSOR` if an element lies outside of `data`
 */
export function unstride(
  { dtype, data }: TensorValues,
  shape: readonly number[],
  stride: readonly unknown[],
  offset: unknown,
  argument: string,
): TensorData {
  const strides = shape.map((_, axis) => stride[axis] as number);
  const first = offset as number;
  const size = sizeOf(shape);
  const reach = (choose: (a: number, b: number) => number): number =>
    shape.reduce((at, length, axis) => at + choose(0, strides[axis]! * (length - 1)), first);
  if (
    ![first, ...strides].every(Number.isInteger) ||
    (size > 0 && (reach(Math.min) < 0 || reach(Math.max) >= data.length))
  ) {
    const view = `${argument} with stride [${stride.map(describe)}] and offset ${describe(offset)}`;
    check(false, "INVALID_TENSOR", view, `have ${size} values in data`, data.length);
  }
  const isRowMajor = (length: number, axis: number): boolean =>
    length === 1 || strides[axis] === sizeOf(shape.slice(axis + 1));
  if (size === 0 || shape.every(isRowMajor)) return data.subarray(first, first + size);
  const values = new ARRAYS[dtype](size);
  let at = 0;
  function walk(axis: number, from: number): void {
    const length = shape[axis]!;
    const step = strides[axis]!;
    const isLast = axis === shape.length - 1;
    for (let i = 0, index = from; i < length; i++, index += step) {
      if (isLast) values[at++] = data[index]!;
      else walk(axis + 1, index);
    }
  }
  walk(0, first);
  return values;
}
