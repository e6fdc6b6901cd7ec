import type { Pixels } from "@mlog/core";
import { decodeHalves, roundToHalf } from "./half.ts";
import { type Numbers, valueRange } from "./value-range.ts";

/** How values lie: `planes` times `length` of them, one plane after the other. */
interface Layout {
  readonly planes: number;
  readonly length: number;
}

/**
 * The pixels as bytes, (H,W,C), by the rule that Composer gets from wandb before 0.19: if the minimum
 * is negative, the values are spread over 0..1 by minimum and maximum; if then the maximum is at
 * most 1, they are multiplied by 255; they are clipped to 0..255 and their fractions cut off. As
 * there, arithmetic is in the precision of the dtype (64-bit integers: of doubles). Beyond the
 * original: NaN becomes 0, infinite values are clipped, and neither takes part in minimum and maximum.
 *
 * @param range see {@link EncodeOptions.range}; instead of the rule
 * @param out where the bytes go, as many as there are values
 * @returns `out`, or the pixels' own memory where that is what the rule comes to
 */
export function pixelBytes(
  pixels: Pixels,
  range: readonly [number, number] | undefined,
  out: Uint8Array,
): Uint8Array {
  const values = numbersOf(pixels);
  const planes = pixels.channelsAt === "first" ? pixels.channels : 1;
  const layout = { planes, length: values.length / planes };
  if (range !== undefined) {
    spread(values, out, layout, range[0], range[1] - range[0], 0.5);
    return out;
  }
  if (values instanceof Uint8Array && values.some(isAboveOne)) {
    if (planes === 1) return values;
    scale(values, out, layout, 1);
    return out;
  }
  if (pixels.dtype === "float32" && scaleUnit(values as Float32Array, out, layout)) return out;
  const { min, max } = valueRange(values);
  if (min < 0) spreadFromTo(values, out, layout, pixels.dtype, min, max);
  else if (pixels.dtype === "float16") scaleHalves(values, out, layout, max <= 1 ? 255 : 1);
  else if (values instanceof Float32Array) scaleSingles(values, out, layout, max <= 1 ? 255 : 1);
  else scale(values, out, layout, max <= 1 ? 255 : 1);
  return out;
}

function isAboveOne(value: number): boolean {
  return value > 1;
}

function numbersOf({ data, dtype }: Pixels): Numbers {
  switch (dtype) {
    case "float16":
    case "bfloat16":
      return decodeHalves(data as Uint16Array, dtype);
    case "bool":
      return (data as Uint8Array).map((value) => (value === 0 ? 0 : 1));
    case "int64":
    case "uint64":
      return Float64Array.from(data as BigInt64Array, Number);
    default:
      return data as Numbers;
  }
}

function spreadFromTo(
  values: Numbers,
  out: Uint8Array,
  layout: Layout,
  dtype: Pixels["dtype"],
  min: number,
  max: number,
): void {
  const span = max - min;
  if (dtype === "float16" && span < 65520) spreadHalves(values, out, layout, min, roundToHalf(span));
  else if (values instanceof Float32Array && Math.fround(span) !== Infinity) {
    spreadSingles(values, out, layout, min, Math.fround(span));
  } else if (span !== Infinity) spread(values, out, layout, min, span, 0);
  else spread(values.map(halve), out, layout, min / 2, max / 2 - min / 2, 0);
}

function halve(value: number): number {
  return value / 2;
}

/** Values per call: V8 compiles a function that is called often better than one that runs long. */
const VALUES_PER_CALL = 8192;

/**
 * Looks at the values and converts them in one go, as if they were from 0 to 1, which is how networks
 * have most pictures. Returns false as soon as one is not.
 */
function scaleUnit(values: Float32Array, out: Uint8Array, { planes, length }: Layout): boolean {
  for (let plane = 0; plane < planes; plane++) {
    for (let at = 0; at < length; at += VALUES_PER_CALL) {
      const count = Math.min(VALUES_PER_CALL, length - at);
      if (!scaleUnitPart(values, plane * length + at, count, out, at * planes + plane, planes)) return false;
    }
  }
  return true;
}

function scaleUnitPart(
  values: Float32Array,
  from: number,
  count: number,
  out: Uint8Array,
  to: number,
  step: number,
): boolean {
  let low = 0;
  let high = 1;
  for (let i = 0, at = to; i < count; i++, at += step) {
    const value = values[from + i]!;
    if (value < low) low = value;
    if (value > high) high = value;
    out[at] = Math.fround(value * 255);
  }
  return low === 0 && high === 1;
}

// Each loop below stands by itself, since a function call per value would double its time. A
// comparison with NaN is false, and storing into bytes cuts fractions off.

function scale(values: Numbers, out: Uint8Array, { planes, length }: Layout, factor: number): void {
  for (let plane = 0, from = 0; plane < planes; plane++) {
    for (let end = from + length, to = plane; from < end; from++, to += planes) {
      const value = values[from]! * factor;
      out[to] = value >= 255 ? 255 : value > 0 ? value : 0;
    }
  }
}

function scaleSingles(
  values: Float32Array,
  out: Uint8Array,
  { planes, length }: Layout,
  factor: number,
): void {
  for (let plane = 0, from = 0; plane < planes; plane++) {
    for (let end = from + length, to = plane; from < end; from++, to += planes) {
      const value = Math.fround(values[from]! * factor);
      out[to] = value >= 255 ? 255 : value > 0 ? value : 0;
    }
  }
}

function scaleHalves(values: Numbers, out: Uint8Array, { planes, length }: Layout, factor: number): void {
  for (let plane = 0, from = 0; plane < planes; plane++) {
    for (let end = from + length, to = plane; from < end; from++, to += planes) {
      const value = roundToHalf(values[from]! * factor);
      out[to] = value >= 255 ? 255 : value > 0 ? value : 0;
    }
  }
}

function spread(
  values: Numbers,
  out: Uint8Array,
  { planes, length }: Layout,
  min: number,
  span: number,
  bias: number,
): void {
  for (let plane = 0, from = 0; plane < planes; plane++) {
    for (let end = from + length, to = plane; from < end; from++, to += planes) {
      const value = ((values[from]! - min) / span) * 255 + bias;
      out[to] = value >= 255 ? 255 : value > 0 ? value : 0;
    }
  }
}

function spreadSingles(
  values: Float32Array,
  out: Uint8Array,
  { planes, length }: Layout,
  min: number,
  span: number,
): void {
  for (let plane = 0, from = 0; plane < planes; plane++) {
    for (let end = from + length, to = plane; from < end; from++, to += planes) {
      const value = Math.fround(Math.fround(Math.fround(values[from]! - min) / span) * 255);
      out[to] = value >= 255 ? 255 : value > 0 ? value : 0;
    }
  }
}

function spreadHalves(
  values: Numbers,
  out: Uint8Array,
  { planes, length }: Layout,
  min: number,
  span: number,
): void {
  for (let plane = 0, from = 0; plane < planes; plane++) {
    for (let end = from + length, to = plane; from < end; from++, to += planes) {
      const value = roundToHalf(roundToHalf(roundToHalf(values[from]! - min) / span) * 255);
      out[to] = value >= 255 ? 255 : value > 0 ? value : 0;
    }
  }
}
