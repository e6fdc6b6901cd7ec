import { runInNewContext } from "node:vm";
import fc from "fast-check";
import ndarray from "ndarray";
import { describe, expect, test } from "vitest";
import { isMlogError } from "../src/errors.ts";
import { readScalar } from "../src/read-scalar.ts";
import type { DType, NestedArray, TensorData } from "../src/tensor.ts";
import { type TensorCopy, copyTensor } from "./copy-tensor.ts";
import { thrownBy } from "./recorder.ts";

function readNow(value: unknown): TensorCopy {
  return copyTensor(value, "values") as TensorCopy;
}

describe("what is read", () => {
  test("a typed array alone has one axis", () => {
    expect(readNow(Int16Array.of(1, -2))).toStrictEqual({
      shape: [2],
      dtype: "int16",
      data: Int16Array.of(1, -2),
    });
    expect(readNow(new Float64Array(0))).toStrictEqual({
      shape: [0],
      dtype: "float64",
      data: new Float64Array(0),
    });
  });

  test("a typed array of another realm, a Buffer and a part of a buffer are read as what they hold", () => {
    const foreign: unknown = runInNewContext("Float32Array.of(1, 2)");
    expect(foreign).not.toBeInstanceOf(Float32Array);
    expect(readNow(foreign)).toStrictEqual({ shape: [2], dtype: "float32", data: Float32Array.of(1, 2) });
    expect(readNow(Buffer.of(1, 2))).toStrictEqual({ shape: [2], dtype: "uint8", data: Uint8Array.of(1, 2) });
    expect(readNow(Uint8ClampedArray.of(1, 2).subarray(1)).data).toStrictEqual(Uint8Array.of(2));
  });

  test("nested arrays of numbers are float64, of booleans bool", () => {
    expect(
      readNow([
        [0.1, 2, 3],
        [4, 5, NaN],
      ]),
    ).toStrictEqual({
      shape: [2, 3],
      dtype: "float64",
      data: Float64Array.of(0.1, 2, 3, 4, 5, NaN),
    });
    expect(readNow([[true], [false]])).toStrictEqual({
      shape: [2, 1],
      dtype: "bool",
      data: Uint8Array.of(1, 0),
    });
    expect(readNow([])).toStrictEqual({ shape: [0], dtype: "float64", data: new Float64Array(0) });
    expect(readNow([[], []])).toMatchObject({ shape: [2, 0] });
  });

  const literals: [title: string, value: object, dtype: DType, data: TensorData][] = [
    ["dtype is what the array holds", { data: Uint16Array.of(1), shape: [1] }, "uint16", Uint16Array.of(1)],
    ["plain numbers are float64", { data: [1, 0.5], shape: [2] }, "float64", Float64Array.of(1, 0.5)],
    ["plain booleans are bool", { data: [true, false], shape: [2] }, "bool", Uint8Array.of(1, 0)],
    [
      "plain numbers as a dtype",
      { data: [1, 200], shape: [2], dtype: "uint8" },
      "uint8",
      Uint8Array.of(1, 200),
    ],
    [
      "numbers rounded to float32",
      { data: [0.1], shape: [1], dtype: "float32" },
      "float32",
      Float32Array.of(0.1),
    ],
    [
      "bits of float16",
      { data: Uint16Array.of(0x3c00), shape: [1], dtype: "float16" },
      "float16",
      Uint16Array.of(0x3c00),
    ],
    [
      "bits of bfloat16",
      { data: Uint16Array.of(0x3f80), shape: [1], dtype: "bfloat16" },
      "bfloat16",
      Uint16Array.of(0x3f80),
    ],
    ["bytes as bool", { data: Uint8Array.of(0, 1), shape: [2], dtype: "bool" }, "bool", Uint8Array.of(0, 1)],
    [
      "int32 as uint8, which can hold it",
      { data: Int32Array.of(7), shape: [1], dtype: "uint8" },
      "uint8",
      Uint8Array.of(7),
    ],
    [
      "a stride without an offset",
      { data: [1, 2, 3, 4], shape: [2], stride: [2] },
      "float64",
      Float64Array.of(1, 3),
    ],
  ];
  test.each(literals)("a literal: %s", (_, value, dtype, data) => {
    expect(readNow(value)).toStrictEqual({ shape: (value as { shape: number[] }).shape, dtype, data });
  });

  test("a shape is not the caller's", () => {
    const shape = [2, 2];
    const snapshot = readNow({ data: new Uint8Array(4), shape });
    shape[0] = 9;
    expect(snapshot.shape).toEqual([2, 2]);
  });
});

test("an axis of length zero beside a huge one costs nothing", () => {
  const shape = [2 ** 50, 0];
  expect(readNow({ data: [], shape, stride: [1, 7] })).toStrictEqual({
    shape,
    dtype: "float64",
    data: new Float64Array(0),
  });
});

describe("properties", () => {
  const views = fc
    .record({
      shape: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
      order: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
      steps: fc.array(fc.constantFrom(1, 2, -1, -2), { minLength: 4, maxLength: 4 }),
      from: fc.array(fc.nat(2), { minLength: 4, maxLength: 4 }),
    })
    .map(({ shape, order, steps, from }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const axes = shape.map((_, axis) => axis).toSorted((a, b) => order[a]! - order[b]! || a - b);
      return ndarray(
        Float32Array.from({ length: size }, (_, i) => i),
        shape,
      )
        .lo(...from.slice(0, shape.length).map((start, axis) => Math.min(start, shape[axis]!)))
        .step(...steps.slice(0, shape.length))
        .transpose(...axes);
    });

  test("any strided view has the values of a plain loop over it", () => {
    fc.assert(
      fc.property(views, (view) => {
        const expected: number[] = [];
        const visit = (index: number[]): void => {
          if (index.length === view.shape.length) expected.push(view.get(...index));
          else for (let i = 0; i < view.shape[index.length]!; i++) visit([...index, i]);
        };
        visit([]);
        const snapshot = readNow(view);
        expect(snapshot.shape).toEqual(view.shape);
        expect(Array.from(snapshot.data, Number)).toEqual(expected);
      }),
    );
  });

  test("nested arrays have the values of the flat array they are cut from", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.double(), (shape, seed) => {
        const size = shape.reduce((product, length) => product * length, 1);
        const flat = Float64Array.from({ length: size }, (_, i) => seed + i);
        const nested = shape.slice(1).reduceRight<NestedArray>((values, length) => {
          return Array.from({ length: values.length / length }, (_, i) =>
            values.slice(i * length, (i + 1) * length),
          );
        }, Array.from(flat));
        expect(readNow(nested)).toStrictEqual(readNow({ data: flat, shape }));
      }),
    );
  });

  test("whatever is given is read or refused with a code", () => {
    const lengths = fc.oneof(fc.nat(3), fc.anything());
    const tensors = fc.record(
      {
        data: fc.oneof(fc.array(fc.oneof(fc.double(), fc.anything())), fc.uint8Array(), fc.anything()),
        shape: fc.oneof(fc.array(lengths), fc.anything()),
        dims: fc.oneof(fc.array(lengths), fc.anything()),
        dtype: fc.oneof(fc.constantFrom("float32", "uint8", "int64", "float16", "bool"), fc.anything()),
        type: fc.anything(),
        stride: fc.oneof(fc.array(fc.oneof(fc.integer(), fc.anything())), fc.anything()),
        offset: fc.oneof(fc.integer(), fc.anything()),
        info: fc.anything(),
        width: lengths,
        height: lengths,
        dataSync: fc.func(fc.anything()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(tensors, fc.anything()), (value) => {
        try {
          const snapshot = copyTensor(value, "values");
          if (snapshot instanceof Promise) return;
          expect(snapshot.data.length).toBe(snapshot.shape.reduce((product, length) => product * length, 1));
        } catch (error) {
          expect(isMlogError(error)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("wrong tensors are refused by name, with the shape and what to do", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const cases: [title: string, value: unknown, ...says: string[]][] = [
    ["text", "abc", '"abc"'],
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
    ["a number", 5, "5"],
    ["an object without a shape", { data: [1] }, "an object"],
    ["a DataView", new DataView(new ArrayBuffer(4)), "an object"],
    ["ragged arrays", [[1, 2], [3]], "[2,2]", "an array of 1", "equal lengths"],
    ["arrays of unequal depth", [[1, 2], 3], "[2,2]", "3"],
    ["arrays that get deeper", [1, [2]], "[2]", "an array of 1"],
    ["arrays with holes", [1, undefined, 3], "[3]", "undefined"],
    ["arrays of text", [["a"]], "[1,1]", '"a"'],
    ["numbers among booleans", [true, 1], "[2]", "1"],
    ["bigints in nested arrays", [1n], "[1]", "1n"],
    ["an array within itself", cyclic, "an array of 1"],
    ["too few values", { data: new Float32Array(5), shape: [2, 3] }, "[2,3]", "6", "5"],
    ["too many values", { data: new Float32Array(7), shape: [2, 3] }, "[2,3]", "6", "7"],
    ["a negative length", { data: [], shape: [2, -1] }, "[2,-1]"],
    ["a broken length", { data: [], shape: [1.5] }, "[1.5]"],
    ["a length that is NaN", { data: [], shape: [NaN] }, "[NaN]"],
    ["a length that is text", { data: [1], shape: ["1"] }, '["1"]'],
    ["an unknown dtype", { data: [1], shape: [1], dtype: "float8" }, '"float8"', "float32"],
    ["a dtype that every object has", { data: [1], shape: [1], dtype: "constructor" }, '"constructor"'],
    ["a dtype that is no text", { data: [1], shape: [1], dtype: 5 }, "5"],
    ["data that are missing", { shape: [1] }, "undefined"],
    ["data that are text", { data: "abc", shape: [3] }, '"abc"'],
    ["a value that is text", { data: [1, "2"], shape: [2] }, "data[1]", '"2"'],
    ["a fraction as int32", { data: [1, 0.5], shape: [2], dtype: "int32" }, "data[1]", "0.5", "int32"],
    ["256 as uint8", { data: Int32Array.of(256), shape: [1], dtype: "uint8" }, "data[0]", "256", "uint8"],
    ["NaN as uint8", { data: [NaN], shape: [1], dtype: "uint8" }, "NaN"],
    ["numbers as bits of float16", { data: [1], shape: [1], dtype: "float16" }, "Uint16Array", "float16"],
    ["numbers as int64", { data: [1], shape: [1], dtype: "int64" }, "BigInt64Array"],
    ["bigints as float32", { data: BigInt64Array.of(1n), shape: [1], dtype: "float32" }, "1n"],
    ["a stride too few", { data: [1, 2], shape: [1, 2], stride: [1], offset: 0 }, "[1,2]", "stride [1]"],
    ["a stride beyond the data", { data: [1, 2, 3], shape: [2], stride: [3], offset: 0 }, "stride [3]", "3"],
    [
      "a stride before the data",
      { data: [1, 2, 3], shape: [3], stride: [-1], offset: 1 },
      "stride [-1]",
      "offset 1",
    ],
    ["a broken stride", { data: [1, 2, 3], shape: [3], stride: [0.5], offset: 0 }, "stride [0.5]"],
    [
      "an offset that is no number",
      { data: [1, 2], shape: [1], stride: [1], offset: Symbol("o") },
      "offset a symbol",
    ],
    ["strides that are no numbers", { data: [1, 2], shape: [1], stride: [Symbol("s")] }, "stride [a symbol]"],
    ["an offset beyond the data", { data: [1, 2], shape: [1], stride: [1], offset: 2 }, "offset 2"],
    [
      "raw pixels of 16 bits",
      { data: Buffer.alloc(12), info: { width: 1, height: 2, channels: 3 } },
      "[2,1,3]",
      "6",
      "12",
    ],
    ["raw pixels without a size", { data: Buffer.alloc(12), info: {} }, "undefined"],
    ["an ImageData too short", { data: new Uint8ClampedArray(8), width: 3, height: 1 }, "[1,3,4]", "12", "8"],
  ];
  test.each(cases)("%s", (_, value, ...says) => {
    const error = thrownBy(() => readNow(value));
    expect(error.code).toBe("INVALID_TENSOR");
    expect(isMlogError(error)).toBe(true);
    expect(error.message).toMatch(/^values/);
    for (const text of says) expect(error.message).toContain(text);
  });

  test("values of the wrong length that arrive later reject", async () => {
    const late = { shape: [3], dtype: "float32", data: () => Promise.resolve(new Float32Array(2)) };
    await expect(copyTensor(late, "values")).rejects.toMatchObject({ code: "INVALID_TENSOR" });
  });

  test("a getter that throws is a read that failed", () => {
    const cause = new Error("no");
    const value = {
      shape: [1],
      get data(): never {
        throw cause;
      },
    };
    expect(thrownBy(() => readNow(value))).toMatchObject({ code: "TENSOR_READ_FAILED", cause });
  });
});

describe("readScalar", () => {
  const noScalars: [title: string, value: unknown][] = [
    ["text", "1"],
    ["null", null],
    ["a number", 1],
    ["an object", {}],
    ["a date", new Date(0)],
    ["an object that has a shape", { shape: [1], color: "red" }],
    ["an object that has no axes", { shape: [] }],
    ["an object with dims", { dims: [], type: "box" }],
    ["a shape of bigints", { shape: [1n], data: [1] }],
    ["a shape of symbols", { shape: [Symbol("a")], data: [1] }],
    ["an array of text", ["1"]],
    ["an empty array", []],
    ["two numbers", [1, 2]],
    ["two numbers deeper", [[1, 2]]],
    ["two values", new Float32Array(2)],
    ["no values", new Float32Array(0)],
    ["a DataView", new DataView(new ArrayBuffer(1))],
    ["data that do not fit", { shape: [1], data: [1, 2] }],
    ["a bigint that is not safe", { shape: [1], data: BigInt64Array.of(2n ** 53n) }],
    ["a size", { width: 1, height: 1 }],
    ["a proxy of everything", new Proxy({}, { get: () => new Proxy({}, {}) })],
    ["a tensor that only comes later", { shape: [1], dtype: "float32", data: () => Promise.resolve([1]) }],
  ];
  test.each(noScalars)("undefined: %s", (_, value) => {
    expect(readScalar(value)).toBeUndefined();
  });

  test("undefined for an array within itself", () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    expect(readScalar(cyclic)).toBeUndefined();
  });

  const scalars: [title: string, value: unknown, number: number][] = [
    ["true", [true], 1],
    ["false", { shape: [1], data: [false] }, 0],
    ["any byte of a bool but 0", { shape: [], data: Uint8Array.of(255), dtype: "bool" }, 1],
    ["a safe bigint", { shape: [1, 1], data: BigInt64Array.of(-7n) }, -7],
    ["NaN", Float32Array.of(NaN), NaN],
    ["half of one", { shape: [1], data: Uint16Array.of(0x3800), dtype: "float16" }, 0.5],
    ["the smallest float16", { shape: [1], data: Uint16Array.of(1), dtype: "float16" }, 2 ** -24],
    ["the largest float16", { shape: [1], data: Uint16Array.of(0x7bff), dtype: "float16" }, 65504],
    ["minus zero of float16", { shape: [1], data: Uint16Array.of(0x8000), dtype: "float16" }, -0],
    ["infinity of float16", { shape: [1], data: Uint16Array.of(0x7c00), dtype: "float16" }, Infinity],
    ["minus infinity of float16", { shape: [1], data: Uint16Array.of(0xfc00), dtype: "float16" }, -Infinity],
    ["NaN of float16", { shape: [1], data: Uint16Array.of(0xfe00), dtype: "float16" }, NaN],
    ["minus two of bfloat16", { shape: [1], data: Uint16Array.of(0xc000), dtype: "bfloat16" }, -2],
    ["NaN of bfloat16", { shape: [1], data: Uint16Array.of(0x7fc0), dtype: "bfloat16" }, NaN],
  ];
  test.each(scalars)("%s", (_, value, number) => {
    expect(readScalar(value)).toBe(number);
  });

  test("throws what a getter throws", () => {
    const cause = new Error("no");
    const value = {
      get shape(): never {
        throw cause;
      },
    };
    expect(thrownBy(() => readScalar(value))).toBe(cause);
  });
});

describe("the copy", () => {
  test("is in shared memory if it is large, so that a worker can have it uncopied", () => {
    expect(readNow(new Float32Array(1 << 16)).data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(readNow(new Float32Array(4)).data.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test("is ordinary memory where nothing can be shared", () => {
    const Shared = globalThis.SharedArrayBuffer;
    try {
      Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
      expect(readNow(new Float32Array(1 << 16)).data.buffer).toBeInstanceOf(ArrayBuffer);
    } finally {
      globalThis.SharedArrayBuffer = Shared;
    }
  });

  test("is freed when nobody has it any more, although the engine does not count shared memory", () => {
    const tensor = { data: new Float32Array(1 << 20), shape: [1 << 20] };
    const before = process.memoryUsage.rss();
    let most = 0;
    for (let i = 0; i < 400; i++) {
      readNow(tensor);
      most = Math.max(most, process.memoryUsage.rss() - before);
    }
    // 1.6 GiB in all.
    expect(most).toBeLessThan(600 * 2 ** 20);
  });
});
