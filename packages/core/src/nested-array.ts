import { check } from "./errors.ts";

/** Nothing that makes sense is nested deeper; an array that contains itself is. */
const AXIS_LIMIT = 32;

/**
 * The values of an array of arrays, flat and in row-major order. An empty array is an axis of length
 * zero.
 *
 * @throws MlogTypeError or MlogRangeError `INVALID_TENSOR` if rows differ in length or depth
 */
export function readNested(
  value: readonly unknown[],
  argument: string,
): { readonly shape: readonly number[]; readonly data: readonly unknown[] } {
  const shape = [value.length];
  // A copy without holes.
  let data = Array.from(value);
  while (Array.isArray(data[0]) && shape.length < AXIS_LIMIT) {
    const { length } = data[0];
    shape.push(length);
    for (const row of data as unknown[][]) {
      if (Array.isArray(row) && row.length === length) continue;
      check(false, "INVALID_TENSOR", argument, `have rows of equal lengths in shape [${shape}]`, row);
    }
    data = data.flat();
  }
  return { shape, data };
}
