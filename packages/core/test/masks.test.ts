import ndarray from "ndarray";
import { describe, expect, test } from "vitest";
import { type ImageOptions, readImages } from "../src/images.ts";
import type { ImageBatch } from "../src/records.ts";
import type { TensorLike } from "../src/tensor.ts";
import { thrownBy } from "./recorder.ts";

function picture(...shape: number[]): { data: Uint8Array; shape: number[] } {
  return { data: new Uint8Array(shape.reduce((product, length) => product * length, 1)), shape };
}

/** Class ids 0, 1, 2, ... */
function mask(...shape: number[]): { data: Uint8Array; shape: number[] } {
  const { data } = picture(...shape);
  return { data: data.map((_, i) => i), shape };
}

function masksOf(
  images: TensorLike | TensorLike[],
  masks: ImageOptions["masks"],
): Record<string, number[][]> {
  const batch = readImages(images, { masks }) as ImageBatch;
  const names = Object.keys(batch.images[0]!.masks);
  return Object.fromEntries(
    names.map((name) => [
      name,
      batch.images.map((snapshot) => Array.from(snapshot.masks[name]!.data, Number)),
    ]),
  );
}

const two = { data: new Uint8Array(24), shape: [2, 3, 2, 2] };

describe("one mask per picture", () => {
  test.each([
    ["(H,W) for one picture", picture(3, 2, 2), mask(2, 2), [[0, 1, 2, 3]]],
    ["(1,H,W) for one picture", picture(3, 2, 2), mask(1, 2, 2), [[0, 1, 2, 3]]],
    ["(H,W,1) for one picture", picture(3, 2, 2), mask(2, 2, 1), [[0, 1, 2, 3]]],
    ["a list of one", picture(3, 2, 2), [mask(2, 2)], [[0, 1, 2, 3]]],
    [
      "(N,H,W) for a batch",
      two,
      mask(2, 2, 2),
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
    ],
    [
      "(N,1,H,W) for a batch",
      two,
      mask(2, 1, 2, 2),
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
    ],
    [
      "(N,H,W,1) for a batch",
      two,
      mask(2, 2, 2, 1),
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
    ],
    [
      "a list for a batch",
      two,
      [mask(2, 2), mask(1, 2, 2)],
      [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
    ],
    [
      "nested arrays of rank 3",
      two,
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
    ],
    [
      "for a list of pictures of different sizes",
      [picture(2, 2), picture(1, 3)],
      [mask(2, 2), mask(1, 3)],
      [
        [0, 1, 2, 3],
        [0, 1, 2],
      ],
    ],
    ["for a picture of one row", picture(1, 3), mask(1, 3), [[0, 1, 2]]],
    [
      "for a batch of rows",
      picture(2, 1, 1, 3),
      mask(2, 1, 3),
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    ["for a picture of one pixel", picture(1, 1, 1), mask(1, 1), [[0]]],
  ] as [string, TensorLike | TensorLike[], TensorLike | TensorLike[], number[][]][])(
    "%s",
    (_, images, given, ids) => {
      expect(masksOf(images, { m: given })).toEqual({ m: ids });
    },
  );

  test("several names, each with masks of its own", () => {
    expect(
      masksOf(picture(2, 2), {
        prediction: mask(2, 2),
        truth: [
          [9, 9],
          [9, 9],
        ],
      }),
    ).toEqual({
      prediction: [[0, 1, 2, 3]],
      truth: [[9, 9, 9, 9]],
    });
  });

  test("with the height and width of the picture, as bytes", () => {
    const batch = readImages(picture(3, 2, 4), { masks: { m: mask(2, 4) } }) as ImageBatch;
    expect(batch.images[0]!.masks).toStrictEqual({
      m: { height: 2, width: 4, data: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7) },
    });
  });

  test("even under the name __proto__", () => {
    const masks = Object.fromEntries([["__proto__", mask(2, 2)]]);
    expect(Object.keys((readImages(picture(2, 2), { masks }) as ImageBatch).images[0]!.masks)).toEqual([
      "__proto__",
    ]);
  });
});

describe("class ids", () => {
  test.each([
    ["int32", Int32Array.of(0, 255)],
    ["int64", BigInt64Array.of(0n, 255n)],
    ["float32", Float32Array.of(0, 255)],
    ["float64", Float64Array.of(-0, 255)],
    ["int16", Int16Array.of(0, 255)],
    ["float16", Uint16Array.of(0x0000, 0x5bf8)],
    ["bfloat16", Uint16Array.of(0x0000, 0x437f)],
  ])("are read from %s", (dtype, data) => {
    expect(masksOf(picture(1, 2), { m: { data, shape: [1, 2], dtype } })).toEqual({ m: [[0, 255]] });
  });

  test("are read from booleans and from strided views", () => {
    expect(
      masksOf(picture(2, 2), {
        m: [
          [true, false],
          [false, true],
        ],
      }),
    ).toEqual({ m: [[1, 0, 0, 1]] });
    expect(masksOf(picture(2, 2), { m: ndarray(Int32Array.of(1, 2, 3, 4), [2, 2]).transpose(1, 0) })).toEqual(
      { m: [[1, 3, 2, 4]] },
    );
  });

  test.each([
    ["256", Int32Array.of(0, 256), "256"],
    ["-1", Int8Array.of(0, -1), "-1"],
    ["a fraction", Float32Array.of(0, 0.5), "0.5"],
    ["NaN", Float32Array.of(0, NaN), "NaN"],
    ["infinity", Float64Array.of(0, Infinity), "Infinity"],
    ["a huge bigint", BigInt64Array.of(0n, 2n ** 40n), "1099511627776"],
  ])("cannot be %s", (_, data, says) => {
    for (const given of [{ data, shape: [1, 2] }, [{ data, shape: [1, 2] }]] as TensorLike[]) {
      const error = thrownBy(() => masksOf(picture(1, 2), { truth: given }));
      expect(error.code).toBe("INVALID_MASK");
      expect(error.message).toContain(says);
      expect(error.message).toContain("[1,2]");
      expect(error.message).toMatch(/^masks\.truth/);
    }
  });
});

describe("wrong masks are refused, naming both shapes", () => {
  const cases: [
    title: string,
    images: TensorLike | TensorLike[],
    masks: unknown,
    code: string,
    ...says: string[],
  ][] = [
    ["of another size", picture(3, 4, 4), { m: mask(4, 5) }, "INVALID_MASK", "masks.m", "[4,5]", "[4,4]"],
    ["transposed", picture(3, 2, 3), { m: mask(3, 2) }, "INVALID_MASK", "[3,2]", "[2,3]"],
    [
      "with channels",
      picture(3, 4, 4),
      { m: mask(3, 4, 4) },
      "INVALID_MASK",
      "[3,4,4]",
      "1 picture",
      "[4,4]",
    ],
    ["of another size in a list", two, { m: [mask(2, 2), mask(2, 3)] }, "INVALID_MASK", "[2,3]", "[2,2]"],
    ["one too few in a list", two, { m: [mask(2, 2)] }, "INVALID_MASK", "1 masks", "2 pictures"],
    [
      "one too many in a list",
      two,
      { m: [mask(2, 2), mask(2, 2), mask(2, 2)] },
      "INVALID_MASK",
      "3 masks",
      "2 pictures",
    ],
    [
      "one too few in a tensor",
      picture(3, 1, 2, 2),
      { m: mask(2, 2, 2) },
      "INVALID_MASK",
      "[2,2,2]",
      "3 pictures",
    ],
    ["one too many in a tensor", two, { m: mask(3, 2, 2) }, "INVALID_MASK", "[3,2,2]", "2 pictures"],
    ["one for two pictures", two, { m: mask(2, 2) }, "INVALID_MASK", "[2,2]", "2 pictures"],
    ["empty", picture(2, 2), { m: [] }, "INVALID_MASK", "[0]"],
    ["no tensor", picture(2, 2), { m: 5 }, "INVALID_TENSOR", "masks.m", "5"],
    [
      "a wrong tensor in a list",
      picture(2, 2),
      { m: [{ data: [1], shape: [2] }] },
      "INVALID_TENSOR",
      "masks.m[0]",
      "[2]",
    ],
    ["an empty name", picture(2, 2), { "": mask(2, 2) }, "INVALID_NAME", "masks"],
    ["null", picture(2, 2), null, "INVALID_MASK", "masks", "null"],
    ["a Map", picture(2, 2), new Map([["m", mask(2, 2)]]), "INVALID_MASK", "masks"],
    ["text", picture(2, 2), "m", "INVALID_MASK", '"m"'],
  ];
  test.each(cases)("%s", (_, images, masks, code, ...says) => {
    const error = thrownBy(() => masksOf(images, masks as never));
    expect(error.code).toBe(code);
    for (const text of says) expect(error.message).toContain(text);
  });
});

describe("maskClassLabels", () => {
  const read = (maskClassLabels: unknown): ImageBatch =>
    readImages(picture(2, 2), { maskClassLabels: maskClassLabels as Record<number, string> }) as ImageBatch;

  test("name class ids, also those that no mask has, and are copied", () => {
    const labels: Record<number, string> = { 0: "sky", 255: "void" };
    const batch = read(labels);
    labels[0] = "sea";
    expect(batch.maskClassLabels).toEqual({ 0: "sky", 255: "void" });
    expect(read(["background", "digit"]).maskClassLabels).toEqual({ 0: "background", 1: "digit" });
  });

  test.each([
    ["an id of 256", { 256: "a" }, '"256"'],
    ["a negative id", { "-1": "a" }, '"-1"'],
    ["a fraction", { "0.5": "a" }, '"0.5"'],
    ["an id with a leading zero", { "01": "a" }, '"01"'],
    ["an id that is text", { sky: "a" }, '"sky"'],
    ["an id in another notation", { "1e1": "a" }, '"1e1"'],
    ["a label that is no text", { 0: 5 }, "5"],
    ["a Map", new Map([[0, "sky"]]), "object"],
    ["null", null, "null"],
  ])("cannot be %s", (_, labels, says) => {
    const error = thrownBy(() => read(labels));
    expect(error.code).toBe("INVALID_MASK");
    expect(error.message).toContain("maskClassLabels");
    expect(error.message).toContain(says);
  });
});
