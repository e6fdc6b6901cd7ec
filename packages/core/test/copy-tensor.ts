import type { MaybePromise } from "../src/maybe-promise.ts";
import { whenRead } from "../src/maybe-promise.ts";
import type { DType, TensorData } from "../src/tensor.ts";
import { copyValues } from "../src/tensor-copy.ts";
import { openTensor } from "../src/tensor-source.ts";

/** A tensor as pictures and masks keep it. */
export interface TensorCopy {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: TensorData;
}

/** What core copies of a tensor. */
export function copyTensor(value: unknown, argument: string): MaybePromise<TensorCopy> {
  return whenRead(openTensor(value, argument), (source) => ({
    shape: source.shape,
    dtype: source.dtype,
    data: copyValues(source),
  }));
}
