import { isMlogError } from "./errors.ts";
import { toNumber } from "./element.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import { type TensorSource, openTensor, shapeOf } from "./tensor-source.ts";

/**
 * The number in a tensor of one element, of any shape: a boolean as 0 or 1, a bigint if it is safe.
 * Undefined for everything else, at the cost of asking for its shape, and for a tensor that cannot
 * be read at once. What a getter of a strange object throws is thrown.
 *
 * @throws MlogError `TENSOR_READ_FAILED` if there is one element and reading it fails
 */
export function readScalar(value: unknown, argument = "value"): number | undefined {
  const given = shapeOf(value);
  if (given === undefined || Array.from(given).some((length) => length !== 1)) return undefined;
  let source: MaybePromise<TensorSource>;
  try {
    source = openTensor(value, argument);
  } catch (error) {
    if (isMlogError(error, "INVALID_TENSOR")) return undefined;
    throw error;
  }
  if (source instanceof Promise || source.data.length !== 1) return undefined;
  const { data, dtype } = source;
  const element = data[0]!;
  const number = toNumber(element, dtype);
  if (typeof element === "bigint" && !Number.isSafeInteger(number)) return undefined;
  return dtype === "bool" ? number && 1 : number;
}
