import { arrayClass, dtypeNames, dtypeOfArray, toDType } from "./dtype.ts";
import { describe } from "./errors.ts";
import { wrongKind, wrongValue } from "./invalid-tensor.ts";
import type { DType, TensorData } from "./tensor.ts";

/** Values in memory of the caller's, or converted. */
export interface TensorValues {
  readonly dtype: DType;
  readonly data: TensorData;
}

/** What ndarray calls the dtype of arrays that say themselves what they hold. */
const UNTYPED: readonly unknown[] = [undefined, "array", "buffer"];

/**
 * What `data` holds, as values of the dtype of that name; without a name, as what it is. The same
 * memory where the array already is of that dtype, else converted: TensorFlow.js leaves the array
 * as it was when it casts, jax-js holds booleans as int32.
 *
 * @throws MlogTypeError or MlogRangeError `INVALID_TENSOR` for an unknown dtype, values that are no
 * numbers, or values that the dtype cannot hold
 */
export function readValues(data: unknown, name: unknown, argument: string): TensorValues {
  const own =
    dtypeOfArray(data) ??
    (!Array.isArray(data) ? undefined : typeof data[0] === "boolean" ? "bool" : "float64");
  const dtype = UNTYPED.includes(name) ? own : toDType(name);
  if (own === undefined || dtype === undefined) {
    throw wrongKind(
      argument,
      `data must be an array of numbers, not ${describe(data)}, and dtype one of ${dtypeNames()}, not ${describe(name)}`,
    );
  }
  const Class = arrayClass(dtype);
  // Uint16Array is how bits of 16-bit floats come; but a Float16Array is a float16 and nothing else.
  if (!Array.isArray(data) && (own === dtype || (own !== "float16" && arrayClass(own) === Class))) {
    const { buffer, byteOffset, length } = data as TensorData;
    return { dtype, data: new Class(buffer, byteOffset, length) };
  }
  return { dtype, data: convert(data as ArrayLike<unknown>, dtype, argument) };
}

function convert(data: ArrayLike<unknown>, dtype: DType, argument: string): TensorData {
  const Class = arrayClass(dtype);
  const converted = new Class(data.length) as Float64Array;
  // Numbers are neither the bits of a 16-bit float nor a bigint.
  const takesNumbers = !/float16|int64/.test(dtype);
  const isFloat = dtype.startsWith("float");
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (takesNumbers && (typeof value === "number" || typeof value === "boolean")) {
      converted[i] = Number(value);
      if (isFloat || converted[i] === Number(value)) continue;
    }
    throw wrongValue(
      argument,
      `data of dtype ${dtype} must be a ${Class.name}, or numbers it can hold, and data[${i}] is ${describe(value)}`,
    );
  }
  return converted;
}
