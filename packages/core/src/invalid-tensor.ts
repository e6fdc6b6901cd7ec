import { MlogRangeError, MlogTypeError } from "./errors.ts";

/** Something of the wrong kind where a tensor belongs. */
export function wrongKind(argument: string, problem: string): MlogTypeError {
  return new MlogTypeError("INVALID_TENSOR", `${argument}: ${problem}`);
}

/** A tensor whose parts do not fit each other. */
export function wrongValue(argument: string, problem: string): MlogRangeError {
  return new MlogRangeError("INVALID_TENSOR", `${argument}: ${problem}`);
}
