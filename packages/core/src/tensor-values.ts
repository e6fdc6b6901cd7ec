import { ARRAYS, dtypeOfArray, toDType } from "./dtype.ts";
import { check } from "./errors.ts";
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
 * @throws MlogTypeError or MlogRangeError `INVALID_TENSOR` for an unknown dtype, values that are not all
 * numbers or all booleans, or values that the dtype cannot hold
 */
export function readValues(data: unknown, name: unknown, argument: string): TensorValues {
  const isArray = Array.isArray(data);
  const isBool = isArray && typeof data[0] === "boolean";
  const own = isBool ? "bool" : isArray ? "float64" : dtypeOfArray(data);
  check(own, "INVALID_TENSOR", `${argument}: data`, "be an array of numbers", data);
  const dtype = UNTYPED.includes(name) ? own : toDType(name);
  check(dtype, "INVALID_TENSOR", `${argument}: dtype`, `be one of ${Object.keys(ARRAYS)}`, name, "");
  const Class = ARRAYS[dtype];
  // Uint16Array is how bits of 16-bit floats come; but a Float16Array is a float16 and nothing else.
  if (!isArray && (own === dtype || (own !== "float16" && ARRAYS[own] === Class))) {
    const { buffer, byteOffset, length } = data as TensorData;
    return { dtype, data: new Class(buffer, byteOffset, length) };
  }
  const values = data as ArrayLike<unknown>;
  const converted = new Class(values.length) as Float64Array;
  // Numbers are neither the bits of a 16-bit float nor a bigint.
  const takesNumbers = !/float16|int64/.test(dtype);
  const isFloat = dtype.startsWith("float");
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (takesNumbers && (isBool ? typeof value === "boolean" : typeof value === "number")) {
      const number = Number(value);
      converted[i] = number;
      if (isFloat || converted[i] === number) continue;
    }
    check(false, "INVALID_TENSOR", `${argument}: data[${i}] of ${dtype}`, `fit a ${Class.name}`, value);
  }
  return { dtype, data: converted };
}
