const bits: Uint32Array = new Uint32Array(1);
const float: Float32Array = new Float32Array(bits.buffer);

/** The numbers that the bits of 16-bit floats stand for. */
export function decodeHalves(halves: Uint16Array, dtype: "float16" | "bfloat16"): Float32Array {
  const numbers = new Float32Array(halves.length);
  if (dtype === "bfloat16") {
    const words = new Uint32Array(numbers.buffer);
    for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
  } else {
    for (let i = 0; i < halves.length; i++) numbers[i] = decode(halves[i]!);
  }
  return numbers;
}

function decode(half: number): number {
  const magnitude = half & 0x7fff;
  const sign = half & 0x8000 ? -1 : 1;
  if (magnitude >= 0x7c00) return magnitude > 0x7c00 ? NaN : sign * Infinity;
  bits[0] = magnitude << 13;
  // The exponent of a float32 is biased by 112 more; a product, unlike a sum, is right for subnormals too.
  return sign * float[0]! * 2 ** 112;
}

/** The nearest float16, ties to even, as `Math.f16round` of newer runtimes: what arithmetic in that precision comes to. */
export function roundToHalf(value: number): number {
  float[0] = Math.abs(value);
  const magnitude = float[0];
  if (Number.isNaN(magnitude)) return NaN;
  if (magnitude >= 65520) return value < 0 ? -Infinity : Infinity;
  // The last bit of this number is worth as much as the last of the 11 bits of the float16: adding it rounds.
  const rounder = 2 ** (Math.max((bits[0]! >>> 23) - 127, -14) + 42);
  return Math.sign(value) * (magnitude + rounder - rounder);
}
