import type { DType } from "./tensor.ts";

const bits: Uint32Array = new Uint32Array(1);
const float: Float32Array = new Float32Array(bits.buffer);

/** The number that an element of {@link TensorData} stands for: a bigint is rounded, a 16-bit float decoded. */
export function toNumber(element: number | bigint, dtype: DType): number {
  const number = Number(element);
  if (dtype === "bfloat16") {
    bits[0] = number << 16;
    return float[0]!;
  }
  if (dtype !== "float16") return number;
  // The exponent of a float32 is biased by 112 more; a product, unlike a sum, is right for subnormals too.
  bits[0] = ((number & 0x8000) << 16) | ((number & 0x7fff) << 13);
  const finite = float[0]! * 2 ** 112;
  return Math.abs(finite) < 2 ** 16 ? finite : number & 0x3ff ? NaN : finite * Infinity;
}
