import { type DType, image } from "@mlog/core";
import ndarray from "ndarray";
import sharp, { type OutputInfo } from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { type EncodedImage, ImageEncoder } from "../src/index.ts";
import { goldenCase, goldenCases } from "./golden-cases.ts";
import { type Plain, referenceBytes, referenceRange } from "./reference.ts";

const encoder = new ImageEncoder();
afterAll(() => encoder.close());

const cases = goldenCases();

it("has the cases that matter", () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
  for (const channels of [1, 2, 3, 4]) {
    for (const layout of ["first", "last"]) {
      expect(cases.some((one) => one.plain.channels === channels && one.layout === layout)).toBe(true);
    }
  }
  const shown = cases.map(({ plain }) => new Set(referenceBytes(plain)).size);
  // Most cases would notice if values were mixed up.
  expect(shown.filter((different) => different > 20).length).toBeGreaterThan(cases.length / 3);
});

describe("a decoded PNG equals the reference", () => {
  it.each(cases)("$title", async ({ plain, layout, tensor }) => {
    const snapshot = image(tensor, { channelsLast: layout === "last" });
    await expectPixels(await encoder.encode(snapshot), plain, referenceBytes(plain));
  });

  it.each(cases.filter(({ plain }) => plain.values.length % 3 === 0))(
    "given a range: $title",
    async (one) => {
      const snapshot = image(one.tensor, { channelsLast: one.layout === "last" });
      const made = await encoder.encode(snapshot, { range: [-10, 100] });
      await expectPixels(made, one.plain, referenceRange(one.plain.values, -10, 100));
    },
  );

  it.each([
    ["one pixel", [1, 1], [1, 1]],
    ["one pixel of three channels: a column", [3, 1, 1], [3, 1]],
    ["a single row: a column", [1, 40], [40, 1]],
    ["a single column", [40, 1], [40, 1]],
    ["a single row of three channels: three rows", [3, 1, 40], [3, 40]],
  ])("%s", async (_, shape, [height = 0, width = 0]) => {
    const values = Array.from({ length: height * width }, (__, i) => (i + 1) * 0.02);
    const made = await encoder.encode(image({ data: Float64Array.from(values), shape }));
    const plain: Plain = { height, width, channels: 1, dtype: "float64", values };
    await expectPixels(made, plain, referenceBytes(plain));
  });

  it.each([
    ["uint8", 3, "first"],
    ["float32", 1, "last"],
  ] as const)("4096 x 4096, %s, %i channels %s", { timeout: 120_000 }, async (dtype, channels, layout) => {
    const values = (index: number): number => (index * 7 + (index >> 12)) % 251;
    const one = goldenCase({ dtype, range: "", values, height: 4096, width: 4096, channels, layout });
    const made = await encoder.encode(image(one.tensor, { channelsLast: layout === "last" }));
    await expectPixels(made, one.plain, referenceBytes(one.plain));
  });

  const base = Float32Array.from({ length: 12 * 10 * 3 }, (_, i) => Math.fround(i / 100 - 1));
  const whole = ndarray(base, [12, 10, 3]);
  it.each([
    ["transposed", whole.transpose(1, 0, 2)],
    ["every third row, every second column", whole.step(3, 2, 1)],
    ["upside down and mirrored", whole.step(-1, -1, 1)],
    ["channels backwards", whole.step(1, 1, -1)],
    ["a part", whole.lo(3, 2, 0).hi(5, 7, 3)],
    ["a part of every second, transposed", whole.lo(1, 1, 0).step(2, 2, 1).transpose(1, 0, 2)],
    ["one channel", whole.pick(-1, -1, 1)],
    ["an odd stride", ndarray(base, [7, 5, 3], [37, 7, 2], 3)],
    ["one value for all", ndarray(base, [4, 6, 3], [0, 0, 0], 130)],
  ])("an ndarray view: %s", async (_, view) => {
    const [height = 1, width = 1, channels = 1] = view.shape;
    const values: number[] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let channel = 0; channel < channels; channel++) values.push(view.get(y, x, channel));
      }
    }
    const plain: Plain = { height, width, channels, dtype: "float32", values };
    const made = await encoder.encode(image(view, { channelsLast: true }));
    await expectPixels(made, plain, referenceBytes(plain));
  });
});

describe("a decoded WebP equals the reference", () => {
  it.each(cases.filter(({ plain }) => plain.channels === 4).slice(0, 12))("$title", async (one) => {
    const snapshot = image(one.tensor, { channelsLast: one.layout === "last" });
    const made = await encoder.encode(snapshot, { format: "webp" });
    expect(made.format).toBe("webp");
    await expectPixels(made, one.plain, referenceBytes(one.plain));
  });
});

describe("Composer's rule in its surprising cases", () => {
  const bytesOf = async (dtype: DType, data: Uint8Array | Float32Array | Float64Array): Promise<number[]> => {
    const made = await encoder.encode(
      image({ data, shape: [1, data.length, 1], dtype }, { channelsLast: true }),
    );
    return [...(await decoded(made)).data];
  };

  it("multiplies bytes of nothing but 0 and 1", async () => {
    expect(await bytesOf("uint8", Uint8Array.from([0, 1, 0, 1]))).toEqual([0, 255, 0, 255]);
  });

  it("shows every true alike, whatever its byte", async () => {
    expect(await bytesOf("bool", Uint8Array.from([0, 1, 2, 255]))).toEqual([0, 255, 255, 255]);
  });

  it("leaves floats alone as soon as one is above 1", async () => {
    expect(await bytesOf("float32", Float32Array.from([0.9, 1.01, 200.9, 300]))).toEqual([0, 1, 200, 255]);
  });

  it("spreads a picture with one negative value over the whole range", async () => {
    expect(await bytesOf("float32", Float32Array.from([-1, 0, 1, 254]))).toEqual([0, 1, 2, 255]);
  });

  it.each(["float32", "float64"] as const)(
    "gives bytes that were divided by 255 back, in %s",
    async (dtype) => {
      const bytes = Array.from({ length: 256 }, (_, i) => i);
      const shares = bytes.map((byte) => byte / 255);
      const data = dtype === "float32" ? Float32Array.from(shares) : Float64Array.from(shares);
      expect(await bytesOf(dtype, data)).toEqual(bytes);
    },
  );

  it("cuts fractions off", async () => {
    expect(await bytesOf("float32", Float32Array.from([0, 0.5, 0.999, 1]))).toEqual([0, 127, 254, 255]);
  });

  it("shows a constant negative picture as black", async () => {
    expect(await bytesOf("float32", Float32Array.from([-3, -3]))).toEqual([0, 0]);
  });
});

/** The values of a file as sharp, and so a viewer, reads them; (H,W,C). */
async function decoded({ data, channels }: EncodedImage): Promise<{ data: Uint8Array; info: OutputInfo }> {
  const file = sharp(data, { limitInputPixels: false });
  if (channels === 1) return file.toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
  // WebP leaves out an alpha channel that says nothing.
  const read = await (channels === 3 ? file : file.ensureAlpha()).raw().toBuffer({ resolveWithObject: true });
  if (channels !== 2) return read;
  // Raw output has no grey with alpha: here it comes as RGBA.
  const { data: rgba, info } = read;
  const isGrey = rgba.every((value, index) => index % 4 === 3 || value === rgba[index - (index % 4)]);
  expect({ isGrey, channels: info.channels }).toEqual({ isGrey: true, channels: 4 });
  return {
    data: rgba.filter((_, index) => index % 4 === 0 || index % 4 === 3),
    info: { ...info, channels: 2 },
  };
}

async function expectPixels(made: EncodedImage, plain: Plain, expected: Uint8Array): Promise<void> {
  const { height, width, channels } = plain;
  expect(made).toMatchObject({ height, width, channels });
  const { data, info } = await decoded(made);
  expect(info).toMatchObject({ height, width, channels });
  const different = expected.findIndex((value, index) => value !== data[index]);
  expect({ different, is: data[different], length: data.length }).toEqual({
    different: -1,
    is: undefined,
    length: expected.length,
  });
}
