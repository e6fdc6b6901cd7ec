import type { DType, TensorData } from "@mlog/core";
import type { Plain } from "./reference.ts";
import { roundingOf } from "./reference.ts";

/** A picture to log: plain, and as the tensor that is logged. */
export interface GoldenCase {
  readonly title: string;
  readonly plain: Plain;
  readonly layout: "first" | "last";
  readonly tensor: { readonly data: TensorData; readonly shape: readonly number[]; readonly dtype: DType };
}

type Values = (index: number, count: number) => number;

const ramp =
  (low: number, high: number): Values =>
  (index, count) =>
    low + ((high - low) * index) / (count - 1);
const among =
  (...values: number[]): Values =>
  (index) =>
    values[index % values.length]!;
const unitSteps: Values = (index) => (index % 256) / 255;
const withNonFinite =
  (values: Values): Values =>
  (index, count) =>
    [NaN, Infinity, -Infinity][index % 7] ?? values(index, count);

const floats: Record<string, Values> = {
  "every k/255": unitSteps,
  "0 to 1": ramp(0, 1),
  "0 to 0.3": ramp(0, 0.3),
  "-1 to 1": ramp(-1, 1),
  "-3 to 200": ramp(-3, 200),
  "0 to 255": ramp(0, 255),
  "0 to 1.5": ramp(0, 1.5),
  "0 to 3000": ramp(0, 3000),
  "all zero": among(0),
  "negative zero": among(-0, 0),
  "constant 0.25": among(0.25),
  "constant 7.9": among(7.9),
  "constant -2": among(-2),
  "all negative": ramp(-9, -1),
  tiny: ramp(0, 2 ** -24),
  "NaN and infinite among 0 to 1": withNonFinite(ramp(0, 1)),
  "NaN and infinite among -1 to 1": withNonFinite(ramp(-1, 1)),
  "NaN and infinite among 0 to 255": withNonFinite(ramp(0, 255)),
  "Infinity among 0 to 1": (index, count) => (index % 9 === 0 ? Infinity : index / count),
  "-Infinity among 0 to 1": (index, count) => (index % 9 === 0 ? -Infinity : index / count),
  "only NaN": among(NaN),
  "only infinite": among(Infinity, -Infinity),
};
const largest: Partial<Record<DType, number>> = {
  float16: 65504,
  bfloat16: 3.3895313892515355e38,
  float32: 3.4028234663852886e38,
  float64: Number.MAX_VALUE,
};
const unsigned: Record<string, Values> = {
  "all zero": among(0),
  "0 and 1": among(0, 1, 1),
  "constant 1": among(1),
  "constant 200": among(200),
  "0 to 255": ramp(0, 255),
};
const signed: Record<string, Values> = {
  "all zero": among(0),
  "0 and 1": among(0, 1),
  "0 to 127": ramp(0, 127),
  "-128 to 127": ramp(-128, 127),
  "constant -5": among(-5),
  "-1 and 0": among(-1, 0),
};
const wide: Record<string, Values> = { "beyond 255": ramp(0, 60_000) };
const wideSigned: Record<string, Values> = { "-30000 to 30000": ramp(-30_000, 30_000) };

const tables: Record<DType, Record<string, Values>> = {
  bool: { "all false": among(0), "all true": among(1), mixed: among(0, 1, 1) },
  uint8: unsigned,
  int8: signed,
  uint16: { ...unsigned, ...wide },
  int16: { ...signed, ...wideSigned },
  uint32: { ...unsigned, ...wide, "4294967295": among(0, 4_294_967_295) },
  int32: { ...signed, ...wideSigned, "-2147483648": among(-2_147_483_648, 0, 2_147_483_647) },
  uint64: { ...unsigned, ...wide },
  int64: { ...signed, ...wideSigned },
  float16: floats,
  bfloat16: floats,
  float32: floats,
  float64: floats,
};

/** Every dtype with every range of values, on pictures of changing shape, channels and layout. */
export function goldenCases(): GoldenCase[] {
  const cases: GoldenCase[] = [];
  for (const [name, ranges] of Object.entries(tables)) {
    const dtype = name as DType;
    const limit = largest[dtype];
    const all =
      limit === undefined ? ranges : { ...ranges, "the whole type": among(-limit, 0, limit / 2, limit) };
    for (const [range, values] of Object.entries(all)) {
      const channels = (cases.length % 4) + 1;
      const height = 3 + (cases.length % 5);
      const width = 29 + (cases.length % 3);
      const layout = cases.length % 8 < 4 ? "first" : "last";
      cases.push(goldenCase({ dtype, range, values, height, width, channels, layout }));
    }
  }
  return cases;
}

export function goldenCase(options: {
  dtype: DType;
  range: string;
  values: Values;
  height: number;
  width: number;
  channels: number;
  layout: "first" | "last";
}): GoldenCase {
  const { dtype, range, values, height, width, channels, layout } = options;
  const count = height * width * channels;
  const plain = { height, width, channels, dtype, values: new Float64Array(count) };
  const data = tensorOf(dtype, count);
  for (let index = 0; index < count; index++) {
    const value = valueIn(dtype, values(index, count));
    plain.values[index] = value;
    const pixel = Math.floor(index / channels);
    const at = layout === "last" ? index : (index % channels) * height * width + pixel;
    data[at] = bitsIn(dtype, value) as never;
  }
  const shape = layout === "last" ? [height, width, channels] : [channels, height, width];
  const title = `${dtype} ${range}, ${channels} x ${height} x ${width}, channels ${layout}`;
  return { title, plain, layout, tensor: { data, shape, dtype } };
}

function tensorOf(dtype: DType, count: number): TensorData {
  switch (dtype) {
    case "bool":
    case "uint8":
      return new Uint8Array(count);
    case "int8":
      return new Int8Array(count);
    case "uint16":
    case "float16":
    case "bfloat16":
      return new Uint16Array(count);
    case "int16":
      return new Int16Array(count);
    case "uint32":
      return new Uint32Array(count);
    case "int32":
      return new Int32Array(count);
    case "uint64":
      return new BigUint64Array(count);
    case "int64":
      return new BigInt64Array(count);
    case "float32":
      return new Float32Array(count);
    case "float64":
      return new Float64Array(count);
  }
}

/** The number of that type that is meant. */
function valueIn(dtype: DType, value: number): number {
  if (dtype === "bfloat16") return bfloat(bfloatBits(value));
  return dtype.startsWith("float") ? roundingOf(dtype)(value) : Math.trunc(value);
}

function bitsIn(dtype: DType, value: number): number | bigint {
  if (dtype === "float16") {
    const view = new DataView(new ArrayBuffer(2));
    view.setFloat16(0, value);
    return view.getUint16(0);
  }
  if (dtype === "bfloat16") return bfloatBits(value);
  return dtype.endsWith("int64") ? BigInt(value) : value;
}

/** The upper half of a float32. */
function bfloatBits(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return view.getUint16(0);
}

function bfloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}
