import { describe } from "./errors.ts";
import { wrongValue } from "./invalid-tensor.ts";
import type { DType, TensorData } from "./tensor.ts";

/** Nothing that makes sense is nested deeper; an array that contains itself is. */
const AXIS_LIMIT = 32;

/**
 * The values of an array of arrays, flat and in row-major order: float64, or bool if the first one
 * is a boolean. An empty array is an axis of length zero.
 *
 * @throws MlogRangeError `INVALID_TENSOR` if rows differ in length or depth, or values in kind
 */
export function readNested(
  value: readonly unknown[],
  argument: string,
): { readonly shape: readonly number[]; readonly data: TensorData; readonly dtype: DType } {
  const shape: number[] = [];
  let first: unknown = value;
  for (; Array.isArray(first) && shape.length < AXIS_LIMIT; first = first[0]) shape.push(first.length);
  const isBool = typeof first === "boolean";
  const size = shape.reduce((product, length) => product * length, 1);
  const data = isBool ? new Uint8Array(size) : new Float64Array(size);
  let at = 0;

  function fill(element: unknown, axis: number): void {
    if (axis === shape.length && typeof element === (isBool ? "boolean" : "number")) {
      data[at++] = Number(element);
    } else if (axis < shape.length && Array.isArray(element) && element.length === shape[axis]) {
      for (const inner of element) fill(inner, axis + 1);
    } else {
      throw wrongValue(
        argument,
        `nested arrays must have equal lengths and hold only numbers or only booleans; shape [${shape}] by the first of ` +
          `each, but one on axis ${axis} is ${describe(element)}`,
      );
    }
  }

  fill(value, 0);
  return { shape, data, dtype: isBool ? "bool" : "float64" };
}
