import { createRequire } from "node:module";
import { defaultDevice, init as initJax, numpy as np } from "@jax-js/jax";
import type * as TensorFlow from "@tensorflow/tfjs";
import ndarray from "ndarray";
import { Tensor as OnnxTensor } from "onnxruntime-common";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { type ImageOptions, type Images, image, readImages } from "../src/images.ts";
import type { ImageBatch, Pixels } from "../src/records.ts";
import { thrownBy } from "./recorder.ts";

// The bundle with everything in it: the entry for Node requires a package that it does not depend on.
const tf = createRequire(import.meta.url)("@tensorflow/tfjs/dist/tf.min.js") as typeof TensorFlow;

function read(images: Images, options?: ImageOptions): ImageBatch {
  return readImages(images, options) as ImageBatch;
}

function pixelsOf(images: Images, options?: ImageOptions): readonly Pixels[] {
  return read(images, options).images.map((snapshot) => snapshot.pixels);
}

/** Ascending bytes. */
function bytes(...shape: number[]): { data: Uint8Array; shape: number[] } {
  const size = shape.reduce((product, length) => product * length, 1);
  return { data: Uint8Array.from({ length: size }, (_, i) => i), shape };
}

describe("which axis is what", () => {
  // [shape, channelsLast, pictures, height, width, channels, channelsAt]
  const cases: [number[], boolean, number, number, number, number, "first" | "last"][] = [
    [[3, 4, 5], false, 1, 4, 5, 3, "first"],
    [[4, 5, 3], true, 1, 4, 5, 3, "last"],
    [[1, 4, 5], false, 1, 4, 5, 1, "last"],
    [[4, 5, 1], true, 1, 4, 5, 1, "last"],
    [[4, 5], false, 1, 4, 5, 1, "last"],
    [[4, 5], true, 1, 4, 5, 1, "last"],
    [[2, 4, 5], false, 1, 4, 5, 2, "first"],
    [[4, 4, 5], false, 1, 4, 5, 4, "first"],
    [[7], false, 1, 7, 1, 1, "last"],
    [[1, 7], false, 1, 7, 1, 1, "last"],
    [[7, 1], false, 1, 7, 1, 1, "last"],
    [[3, 1, 1], false, 1, 3, 1, 1, "last"],
    // Composer's rule makes a row of three colours a grey picture of three rows.
    [[3, 1, 9], false, 1, 3, 9, 1, "last"],
    [[1, 9, 3], true, 1, 9, 3, 1, "last"],
    [[1, 1, 1], false, 1, 1, 1, 1, "last"],
    [[1], false, 1, 1, 1, 1, "last"],
    [[6, 3, 4, 5], false, 6, 4, 5, 3, "first"],
    [[6, 4, 5, 3], true, 6, 4, 5, 3, "last"],
    [[6, 1, 4, 5], false, 6, 4, 5, 1, "last"],
    [[1, 3, 4, 5], false, 1, 4, 5, 3, "first"],
    [[1, 1, 4, 5], false, 1, 4, 5, 1, "last"],
    // As in Composer, whatever has more than three axes is a batch along the first.
    [[2, 1, 3, 4, 5], false, 2, 4, 5, 3, "first"],
  ];
  test.each(cases)(
    "shape [%j] with channelsLast %s",
    (shape, channelsLast, count, height, width, channels, channelsAt) => {
      const tensor = bytes(...shape);
      const pictures = pixelsOf(tensor, { channelsLast });
      const size = height * width * channels;
      expect(pictures).toStrictEqual(
        Array.from({ length: count }, (_, i) => ({
          height,
          width,
          channels,
          channelsAt,
          dtype: "uint8",
          data: tensor.data.slice(i * size, (i + 1) * size),
        })),
      );
    },
  );

  test("a list has one picture per element, each of its own size", () => {
    const pictures = pixelsOf([bytes(3, 4, 5), bytes(1, 6, 7), bytes(1, 3, 2, 2), tf.zeros([2, 2])]);
    expect(pictures.map(({ height, width, channels }) => [height, width, channels])).toEqual([
      [4, 5, 3],
      [6, 7, 1],
      [2, 2, 3],
      [2, 2, 1],
    ]);
  });

  test("an array of arrays is one tensor; with one object in it, it is a list", () => {
    expect(pixelsOf([[[1, 2]], [[3, 4]], [[5, 6]]])).toHaveLength(1);
    expect(
      pixelsOf([
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        [
          [
            [5, 6],
            [7, 8],
          ],
        ],
      ]),
    ).toHaveLength(2);
    expect(
      pixelsOf([
        [
          [1, 2],
          [3, 4],
        ],
        bytes(2, 2),
      ]),
    ).toHaveLength(2);
    expect(pixelsOf([Uint8Array.of(1, 2), Uint8Array.of(3, 4)])).toMatchObject([
      { height: 2, width: 1, data: Uint8Array.of(1, 2) },
      { height: 2, width: 1, data: Uint8Array.of(3, 4) },
    ]);
  });

  test("ImageData and raw pixels of sharp are (H,W,C), whatever channelsLast says, with all their axes", async () => {
    const canvas: ImageData = { data: new Uint8ClampedArray(4), width: 1, height: 1, colorSpace: "srgb" };
    const create = { width: 5, height: 1, channels: 3, background: "red" } as const;
    const raw = await sharp({ create }).raw().toBuffer({ resolveWithObject: true });
    for (const channelsLast of [false, true]) {
      expect(pixelsOf(canvas, { channelsLast })).toMatchObject([
        { height: 1, width: 1, channels: 4, channelsAt: "last" },
      ]);
      expect(pixelsOf(raw, { channelsLast })).toMatchObject([
        { height: 1, width: 5, channels: 3, channelsAt: "last" },
      ]);
      expect(pixelsOf([raw, canvas], { channelsLast })).toHaveLength(2);
    }
  });
});

test("defaults are those of Composer (name='Images', channels_last=False, use_table=True, no masks)", () => {
  const batch = read(bytes(3, 4, 5));
  expect(batch).toMatchObject({ name: "Images", useTable: true, maskClassLabels: {} });
  expect(batch.images[0]).toMatchObject({ kind: "image", masks: {}, pixels: { channelsAt: "first" } });
  expect(read(bytes(3, 4, 5), { name: "n", useTable: false })).toMatchObject({ name: "n", useTable: false });
});

test("the same picture from every library is the same pixels", async () => {
  await initJax();
  defaultDevice("cpu");
  const values = Float32Array.from({ length: 24 }, (_, i) => i / 24);
  const reference = pixelsOf({ data: values, shape: [2, 3, 4] }, { channelsLast: true });
  const flat = Array.from(values);
  const nested = [0, 1].map((y) => [0, 1, 2].map((x) => flat.slice((y * 3 + x) * 4, (y * 3 + x + 1) * 4)));
  const same: Images[] = [
    tf.tensor(values, [2, 3, 4]),
    new OnnxTensor(values, [2, 3, 4]),
    ndarray(values, [2, 3, 4]),
    ndarray(values.toReversed(), [2, 3, 4]).step(-1, -1, -1),
    np.array(flat).reshape([2, 3, 4]),
    { data: flat, shape: [2, 3, 4], dtype: "float32" },
    { data: values, width: 3, height: 2 },
    { data: values, info: { width: 3, height: 2, channels: 4 } },
  ];
  for (const picture of same) expect(pixelsOf(picture, { channelsLast: true })).toStrictEqual(reference);
  expect(pixelsOf(nested, { channelsLast: true })).toStrictEqual([
    { ...reference[0]!, dtype: "float64", data: Float64Array.from(values) },
  ]);
});

test("a batch and the list of its pictures are the same", () => {
  const batch = bytes(6, 3, 4, 5);
  const list = Array.from({ length: 6 }, (_, i) => ({
    data: batch.data.subarray(i * 60, (i + 1) * 60),
    shape: [3, 4, 5],
  }));
  expect(read(batch)).toStrictEqual(read(list));
  const view = ndarray(batch.data, [4, 5, 6, 3], [5, 1, 60, 20]).transpose(2, 3, 0, 1);
  expect(read(view)).toStrictEqual(read(batch));
});

describe("the copy", () => {
  test("does not change with what it was made of", () => {
    const batch = bytes(2, 3, 4, 4);
    const mask = bytes(2, 4, 4);
    const tensor = tf.ones([1, 2, 2]);
    const first = read(batch, { masks: { m: mask } });
    const second = read([tensor]);
    batch.data.fill(99);
    mask.data.fill(99);
    tensor.dispose();
    expect(first.images[1]!.pixels.data).toStrictEqual(Uint8Array.from({ length: 48 }, (_, i) => 48 + i));
    expect(first.images[1]!.masks["m"]!.data).toStrictEqual(
      Uint8Array.from({ length: 16 }, (_, i) => 16 + i),
    );
    expect(second.images[0]!.pixels.data).toStrictEqual(Float32Array.of(1, 1, 1, 1));
  });

  test("is made at once even where another picture has to be waited for", async () => {
    const late = { shape: [1, 2], dtype: "float32", data: () => Promise.resolve(Float32Array.of(8, 9)) };
    const soon = bytes(2, 2);
    const mask = bytes(2, 2);
    const reading = readImages([late, soon], { masks: { m: [bytes(2, 1), mask] } });
    soon.data.fill(99);
    mask.data.fill(99);
    expect(reading).toBeInstanceOf(Promise);
    const { images } = await reading;
    expect(images[0]!.pixels.data).toStrictEqual(Float32Array.of(8, 9));
    expect(images[1]!.pixels.data).toStrictEqual(Uint8Array.of(0, 1, 2, 3));
    expect(images[1]!.masks["m"]!.data).toStrictEqual(Uint8Array.of(0, 1, 2, 3));
  });

  test("is frozen", () => {
    const batch = read(bytes(2, 3, 4, 4), { masks: { m: bytes(2, 4, 4) }, maskClassLabels: { 0: "sky" } });
    const { images } = batch;
    for (const object of [
      batch,
      images,
      batch.maskClassLabels,
      images[0],
      images[0]!.pixels,
      images[0]!.masks,
      images[0]!.masks["m"],
    ]) {
      expect(Object.isFrozen(object)).toBe(true);
    }
  });

  test("of each picture is its own memory, so that one can be kept without the others", () => {
    const [a, b] = pixelsOf({ data: new Float32Array(2 * 3 * 64 * 64), shape: [2, 3, 64, 64] });
    expect(a!.data.buffer).not.toBe(b!.data.buffer);
    expect(a!.data.buffer.byteLength).toBe(a!.data.byteLength);
    expect(a!.data.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});

describe("a read that fails", () => {
  const failing = { shape: [1, 2], dtype: "float32", data: () => Promise.reject(new Error("device lost")) };

  test("rejects with a code", async () => {
    await expect(readImages([bytes(2, 2), failing])).rejects.toMatchObject({ code: "TENSOR_READ_FAILED" });
    await expect(readImages(bytes(2, 2), { masks: { m: failing } })).rejects.toMatchObject({
      code: "TENSOR_READ_FAILED",
    });
  });

  test("is no unhandled rejection when another argument is wrong", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    expect(thrownBy(() => read([failing, bytes(3, 0, 1)]))).toMatchObject({ code: "INVALID_IMAGE" });
    expect(thrownBy(() => read(failing, { masks: { m: "no" as never } }))).toMatchObject({
      code: "INVALID_TENSOR",
    });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  test("a wrong picture that arrives later rejects as it would have thrown", async () => {
    const late = { shape: [9, 4, 5], dtype: "float32", data: () => Promise.resolve(new Float32Array(180)) };
    await expect(readImages(late)).rejects.toMatchObject({ code: "INVALID_IMAGE" });
  });
});

describe("wrong pictures are refused, naming the shape", () => {
  const cases: [title: string, images: unknown, options: ImageOptions, code: string, ...says: string[]][] = [
    ["a zero-length axis", bytes(3, 0, 4), {}, "INVALID_IMAGE", "images: shape [3,0,4]", "length zero"],
    ["no pictures", bytes(0, 3, 4, 4), {}, "INVALID_IMAGE", "[0,3,4,4]"],
    ["an empty array", [], {}, "INVALID_IMAGE", "[0]"],
    ["a zero-length axis in a list", [bytes(2, 2), bytes(0)], {}, "INVALID_IMAGE", "images[1]: shape [0]"],
    ["a scalar", bytes(), {}, "INVALID_IMAGE", "shape []", "not 0"],
    [
      "a batch of rank-4 tensors",
      bytes(2, 2, 3, 4, 5),
      {},
      "INVALID_IMAGE",
      "images[0]: shape [2,3,4,5]",
      "not 4",
      "batch",
    ],
    ["a list of batches", [bytes(2, 3, 4, 5)], {}, "INVALID_IMAGE", "images[0]: shape [2,3,4,5]", "batch"],
    [
      "channels last unsaid",
      bytes(8, 6, 3),
      {},
      "INVALID_IMAGE",
      "[8,6,3]",
      "not 8",
      "(C,H,W)",
      "channelsLast",
    ],
    [
      "channels first unsaid",
      bytes(3, 8, 6),
      { channelsLast: true },
      "INVALID_IMAGE",
      "[3,8,6]",
      "not 6",
      "(H,W,C)",
    ],
    [
      "raw pixels of five channels",
      { data: bytes(20).data, info: { width: 2, height: 2, channels: 5 } },
      {},
      "INVALID_IMAGE",
      "5",
    ],
    ["text", "picture", {}, "INVALID_TENSOR", "images", '"picture"'],
    ["nothing", undefined, {}, "INVALID_TENSOR", "images"],
    ["a null in a list", [bytes(2, 2), null], {}, "INVALID_TENSOR", "images[1]", "null"],
    ["a wrong shape in a list", [{ data: [1], shape: [2] }], {}, "INVALID_TENSOR", "images[0]", "[2]"],
    [
      "channelsLast as text",
      bytes(2, 2),
      { channelsLast: "no" as never },
      "INVALID_ARGUMENT",
      "channelsLast",
      '"no"',
    ],
    ["useTable as a number", bytes(2, 2), { useTable: 0 as never }, "INVALID_ARGUMENT", "useTable", "0"],
  ];
  test.each(cases)("%s", (_, images, options, code, ...says) => {
    const error = thrownBy(() => read(images as Images, options));
    expect(error.code).toBe(code);
    for (const text of says) expect(error.message).toContain(text);
  });
});

describe("image, for a cell of a table", () => {
  test("copies one picture with its masks", () => {
    const cell = image(bytes(4, 5, 3), { channelsLast: true, masks: { m: bytes(4, 5) } });
    expect(cell).toMatchObject({
      kind: "image",
      pixels: { height: 4, width: 5, channels: 3, channelsAt: "last" },
    });
    expect(cell.masks["m"]!.data).toHaveLength(20);
    expect(image(bytes(1, 3, 4, 4)).pixels.channels).toBe(3);
  });

  test("refuses a batch, and what cannot be read at once", () => {
    expect(thrownBy(() => image(bytes(2, 3, 4, 4)))).toMatchObject({ code: "INVALID_IMAGE" });
    const late = { shape: [1, 2], dtype: "float32", data: () => Promise.reject(new Error("lost")) };
    expect(thrownBy(() => image(late))).toMatchObject({ code: "INVALID_IMAGE" });
  });
});
