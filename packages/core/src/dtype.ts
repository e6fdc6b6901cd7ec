import type { DType, TensorData } from "./tensor.ts";

interface ArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): TensorData;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TensorData;
}

const CLASSES: { readonly [dtype in DType]: ArrayClass } = {
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

/** Every {@link DType}, for messages. */
export function dtypeNames(): string {
  return Object.keys(CLASSES).join(", ");
}

/** The typed array that holds values of `dtype`. */
export function arrayClass(dtype: DType): ArrayClass {
  return CLASSES[dtype];
}

/** The dtype of that name, if there is one; ndarray calls some of them after the class of the array. */
export function toDType(name: unknown): DType | undefined {
  const plain = typeof name === "string" ? name.replace(/^big|_?clamped$/g, "") : "";
  return Object.hasOwn(CLASSES, plain) ? (plain as DType) : undefined;
}

/** The dtype of a typed array of any realm, by the tag that its class cannot fake; undefined if it is none. */
export function dtypeOfArray(value: unknown): DType | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  const tag = (value as unknown as { readonly [Symbol.toStringTag]: string })[Symbol.toStringTag];
  return toDType(tag.slice(0, -"Array".length).toLowerCase());
}
