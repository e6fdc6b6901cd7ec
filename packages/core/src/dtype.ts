import type { DType, TensorData } from "./tensor.ts";

interface ArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
  new (length: number): TensorData;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TensorData;
}

/** The typed array that holds values of each dtype. */
export const ARRAYS: { readonly [dtype in DType]: ArrayClass } = {
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** The dtype of that name, if there is one; ndarray calls some of them after the class of the array. */
export function toDType(name: unknown): DType | undefined {
  const plain = typeof name === "string" ? name.toLowerCase().replace(/^big|_?clamped|array$/g, "") : "";
  return Object.hasOwn(ARRAYS, plain) ? (plain as DType) : undefined;
}

/** The dtype of a typed array of any realm, by the tag that its class cannot fake; undefined if it is none. */
export function dtypeOfArray(value: unknown): DType | undefined {
  return ArrayBuffer.isView(value)
    ? toDType((value as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag])
    : undefined;
}
