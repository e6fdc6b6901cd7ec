// Every library's own tensors, so that a change of theirs is noticed; their types, too: nothing is cast here.
import { createRequire } from "node:module";
import { defaultDevice, init as initJax, numpy as np } from "@jax-js/jax";
import type * as TensorFlow from "@tensorflow/tfjs";
import ndarray from "ndarray";
import { Tensor as OnnxTensor } from "onnxruntime-common";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import type { TensorData, TensorLike } from "../src/tensor.ts";
import { type TensorSource, openTensor } from "../src/tensor-source.ts";
import { readScalar } from "../src/read-scalar.ts";
import { type TensorCopy, copyTensor } from "./copy-tensor.ts";
import { thrownBy } from "./recorder.ts";

// The bundle with everything in it: the entry for Node requires a package that it does not depend on.
const tf = createRequire(import.meta.url)("@tensorflow/tfjs/dist/tf.min.js") as typeof TensorFlow;

function readNow(value: TensorLike): TensorCopy {
  const snapshot = copyTensor(value, "values");
  if (snapshot instanceof Promise) throw new Error("only asynchronously");
  return snapshot;
}

beforeAll(async () => {
  await tf.setBackend("cpu");
  await initJax();
});

describe("TensorFlow.js", () => {
  test.each([
    ["float32", tf.tensor([1.5, -2, 3, 4, 5, 6], [2, 3]), Float32Array.of(1.5, -2, 3, 4, 5, 6)],
    ["int32", tf.tensor([1, -2, 3, 4, 5, 6], [2, 3], "int32"), Int32Array.of(1, -2, 3, 4, 5, 6)],
    ["bool", tf.tensor([true, false, true, true, false, false], [2, 3]), Uint8Array.of(1, 0, 1, 1, 0, 0)],
  ] as const)("reads %s at once", (dtype, tensor, data) => {
    expect(readNow(tensor)).toStrictEqual({ shape: [2, 3], dtype, data });
  });

  test("reads a cast tensor, whose array TensorFlow.js leaves as it was, as what it is cast to", () => {
    const cast = tf.tensor([1, 2], [2], "int32").toFloat();
    expect(cast.dataSync()).toBeInstanceOf(Int32Array);
    expect(readNow(cast)).toStrictEqual({ shape: [2], dtype: "float32", data: Float32Array.of(1, 2) });
    const counted = tf.tensor([true, false]).toInt();
    expect(readNow(counted)).toStrictEqual({ shape: [2], dtype: "int32", data: Int32Array.of(1, 0) });
  });

  test("reads scalars, variables and the results of operations", () => {
    expect(readNow(tf.scalar(7))).toStrictEqual({ shape: [], dtype: "float32", data: Float32Array.of(7) });
    expect(readNow(tf.variable(tf.zeros([1, 2])))).toMatchObject({ shape: [1, 2] });
    expect(readNow(tf.range(0, 6).reshape([2, 3]).transpose())).toStrictEqual({
      shape: [3, 2],
      dtype: "float32",
      data: Float32Array.of(0, 3, 1, 4, 2, 5),
    });
  });

  test("keeps its copy when the tensor is disposed of, and when its memory is overwritten", () => {
    const tensor = tf.tensor([1, 2, 3]);
    const snapshot = readNow(tensor);
    tensor.dataSync().fill(0);
    tensor.dispose();
    expect(snapshot.data).toStrictEqual(Float32Array.of(1, 2, 3));
  });

  test("says that a disposed tensor cannot be read, at the call", () => {
    const tensor = tf.tensor([1, 2], [1, 2]);
    tensor.dispose();
    const error = thrownBy(() => readNow(tensor));
    expect(error).toMatchObject({ code: "TENSOR_READ_FAILED", cause: { message: "Tensor is disposed." } });
    expect(error.message).toMatch(/values.*\[1,2\].*dispose/);
  });

  test.each(["string", "complex64"])("refuses %s, which is no number", (dtype) => {
    const tensor = dtype === "string" ? tf.tensor(["a"]) : tf.complex([1], [2]);
    expect(thrownBy(() => readNow(tensor))).toMatchObject({ code: "INVALID_TENSOR" });
    expect(thrownBy(() => readNow(tensor)).message).toContain(`"${dtype}"`);
  });

  test("reads asynchronously where the device knows no other way, from this tick on", async () => {
    const tensor = tf.tensor([1, 2, 3]);
    tensor.dataSync = () => {
      throw new Error("a WebGPU tensor cannot be read synchronously");
    };
    const reading = copyTensor(tensor, "values");
    tensor.dispose();
    expect(reading).toBeInstanceOf(Promise);
    expect(await reading).toStrictEqual({ shape: [3], dtype: "float32", data: Float32Array.of(1, 2, 3) });
  });

  test("rejects with a code when the device fails", async () => {
    const tensor = tf.tensor([1, 2, 3]);
    const lost = new Error("device lost");
    tensor.dataSync = () => {
      throw lost;
    };
    tensor.data = () => Promise.reject(lost);
    await expect(copyTensor(tensor, "values")).rejects.toMatchObject({
      code: "TENSOR_READ_FAILED",
      cause: lost,
    });
  });
});

describe("onnxruntime", () => {
  test.each([
    ["float32", Float32Array.of(1.5, NaN)],
    ["float64", Float64Array.of(0.1, -Infinity)],
    ["uint8", Uint8Array.of(1, 255)],
    ["int8", Int8Array.of(1, -128)],
    ["uint16", Uint16Array.of(1, 65535)],
    ["int16", Int16Array.of(1, -32768)],
    ["uint32", Uint32Array.of(1, 2 ** 32 - 1)],
    ["int32", Int32Array.of(1, -(2 ** 31))],
    ["int64", BigInt64Array.of(1n, -(2n ** 63n))],
    ["uint64", BigUint64Array.of(1n, 2n ** 64n - 1n)],
    ["bool", Uint8Array.of(1, 0)],
  ] as const)("reads %s", (dtype, data) => {
    const tensor = new OnnxTensor(dtype, data as Float32Array, [1, 2]);
    expect(readNow(tensor)).toStrictEqual({ shape: [1, 2], dtype, data });
  });

  test("reads float16 as bits, whichever array the runtime keeps them in", () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x7c01);
    const tensor = new OnnxTensor("float16", bits, [3]);
    expect(readNow(tensor)).toStrictEqual({ shape: [3], dtype: "float16", data: bits });
    // Runtimes without Float16Array hand out the bits themselves.
    expect(readNow({ dims: [3], type: "float16", data: bits })).toStrictEqual({
      shape: [3],
      dtype: "float16",
      data: bits,
    });
  });

  test.each(["string", "uint4"] as const)("refuses %s", (type) => {
    const tensor =
      type === "string" ? new OnnxTensor(["a", "b"]) : new OnnxTensor("uint4", Uint8Array.of(1), [2]);
    expect(thrownBy(() => readNow(tensor))).toMatchObject({ code: "INVALID_TENSOR" });
  });

  test("keeps its copy when the tensor is disposed of, and when its memory is overwritten", () => {
    const data = Float32Array.of(1, 2, 3);
    const tensor = new OnnxTensor(data);
    const snapshot = readNow(tensor);
    data.fill(0);
    tensor.dispose();
    expect(snapshot.data).toStrictEqual(Float32Array.of(1, 2, 3));
    expect(thrownBy(() => readNow(tensor))).toMatchObject({ code: "TENSOR_READ_FAILED" });
  });

  function onGpu(download: () => Promise<Float32Array>): OnnxTensor {
    return OnnxTensor.fromGpuBuffer({ size: 8, mapState: "unmapped" } as GPUBuffer, {
      dataType: "float32",
      dims: [2],
      download,
    });
  }

  test("downloads from a GPU, from this tick on", async () => {
    let begun = 0;
    const tensor = onGpu(() => {
      begun++;
      return Promise.resolve(Float32Array.of(1, 2));
    });
    const reading = copyTensor(tensor, "values");
    expect(begun).toBe(1);
    expect(await reading).toStrictEqual({ shape: [2], dtype: "float32", data: Float32Array.of(1, 2) });
  });

  test("rejects with a code when the download fails", async () => {
    const lost = new Error("device lost");
    await expect(
      copyTensor(
        onGpu(() => Promise.reject(lost)),
        "values",
      ),
    ).rejects.toMatchObject({
      code: "TENSOR_READ_FAILED",
      cause: lost,
    });
  });

  test("a failed read that nobody looks at is no unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    // Dropped on purpose, as a logging call does that fails on another argument.
    void copyTensor(
      onGpu(() => Promise.reject(new Error("device lost"))),
      "values",
    );
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });
});

describe("ndarray of scijs", () => {
  test.each([
    ["float32", Float32Array.of(1.5, 2)],
    ["float64", Float64Array.of(1.5, 2)],
    ["uint8", Uint8Array.of(1, 2)],
    ["int8", Int8Array.of(1, -2)],
    ["uint16", Uint16Array.of(1, 2)],
    ["int16", Int16Array.of(1, -2)],
    ["uint32", Uint32Array.of(1, 2)],
    ["int32", Int32Array.of(1, -2)],
    ["int64", BigInt64Array.of(1n, -2n)],
    ["uint64", BigUint64Array.of(1n, 2n)],
  ] as const)("reads %s, which it may call otherwise", (dtype, data) => {
    expect(readNow(ndarray(data as Float32Array, [1, 2]))).toStrictEqual({ shape: [1, 2], dtype, data });
  });

  test("reads clamped bytes, Buffers and plain arrays", () => {
    const bytes = { shape: [3], dtype: "uint8", data: Uint8Array.of(1, 2, 3) };
    expect(readNow(ndarray(Uint8ClampedArray.of(1, 2, 3)))).toStrictEqual(bytes);
    expect(readNow(ndarray(Buffer.of(1, 2, 3)))).toStrictEqual(bytes);
    expect(readNow(ndarray([0.5, 2], [2]))).toStrictEqual({
      shape: [2],
      dtype: "float64",
      data: Float64Array.of(0.5, 2),
    });
  });

  test("reads Float16Array as bits, where there is one", () => {
    const Float16 = (globalThis as unknown as { Float16Array?: new (values: number[]) => Float32Array })
      .Float16Array;
    if (Float16 === undefined) return;
    expect(readNow(ndarray(new Float16([1, -2]), [2]))).toStrictEqual({
      shape: [2],
      dtype: "float16",
      data: Uint16Array.of(0x3c00, 0xc000),
    });
  });

  test("never takes the values of a Float16Array for the bits of another dtype", () => {
    const Float16 = (globalThis as unknown as { Float16Array?: new (values: number[]) => Float32Array })
      .Float16Array;
    if (Float16 === undefined) return;
    const data = new Float16([1, 2]);
    expect(readNow({ data, shape: [2], dtype: "uint16" }).data).toStrictEqual(Uint16Array.of(1, 2));
    expect(thrownBy(() => readNow({ data, shape: [2], dtype: "bfloat16" }))).toMatchObject({
      code: "INVALID_TENSOR",
    });
  });

  test("honours strides: transposed, reversed, cropped, stepped and broadcast views", () => {
    const a = ndarray(Float32Array.of(0, 1, 2, 3, 4, 5), [2, 3]);
    const values = (view: typeof a): number[] => Array.from(readNow(view).data, Number);
    expect(values(a.transpose(1, 0))).toEqual([0, 3, 1, 4, 2, 5]);
    expect(values(a.step(-1, -1))).toEqual([5, 4, 3, 2, 1, 0]);
    expect(values(a.lo(1, 1))).toEqual([4, 5]);
    expect(values(a.hi(2, 2))).toEqual([0, 1, 3, 4]);
    expect(values(a.step(1, 2))).toEqual([0, 2, 3, 5]);
    expect(values(a.pick(1, null))).toEqual([3, 4, 5]);
    expect(values(ndarray(Float32Array.of(7, 8), [3, 2], [0, 1], 0))).toEqual([7, 8, 7, 8, 7, 8]);
    expect(readNow(a.pick(1, 2))).toStrictEqual({ shape: [], dtype: "float32", data: Float32Array.of(5) });
  });

  test("keeps its copy when the array is overwritten", () => {
    const data = Float32Array.of(1, 2, 3, 4);
    const whole = readNow(ndarray(data, [2, 2]));
    const view = readNow(ndarray(data, [2, 2]).transpose(1, 0));
    data.fill(0);
    expect(whole.data).toStrictEqual(Float32Array.of(1, 2, 3, 4));
    expect(view.data).toStrictEqual(Float32Array.of(1, 3, 2, 4));
  });
});

describe.each(["cpu", "wasm"] as const)("jax-js on %s", (device) => {
  beforeAll(() => {
    defaultDevice(device);
  });

  test("reads an array and leaves it to its owner, although reading consumes", async () => {
    const array = np.array([1, 2, 3, 4, 5, 6], { dtype: np.float32 }).reshape([2, 3]);
    const references = array.refCount;
    expect(await copyTensor(array, "values")).toStrictEqual({
      shape: [2, 3],
      dtype: "float32",
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(array.refCount).toBe(references);
    expect(await array.data()).toStrictEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  });

  test("reads booleans, which it keeps as int32, and other dtypes", async () => {
    expect(await copyTensor(np.array([true, false]), "values")).toStrictEqual({
      shape: [2],
      dtype: "bool",
      data: Uint8Array.of(1, 0),
    });
    expect(await copyTensor(np.array([1, -2], { dtype: np.int32 }), "values")).toStrictEqual({
      shape: [2],
      dtype: "int32",
      data: Int32Array.of(1, -2),
    });
  });

  test("reads what is not computed yet, and a transposed array in its order", async () => {
    const array = np.arange(6).reshape([2, 3]).transpose();
    const snapshot = await copyTensor(array, "values");
    expect(snapshot.shape).toEqual([3, 2]);
    expect(Array.from(snapshot.data, Number)).toEqual([0, 3, 1, 4, 2, 5]);
    array.dispose();
  });

  test("keeps its copy when the owner disposes of the array at once", async () => {
    const array = np.arange(4).mul(2);
    const reading = copyTensor(array, "values");
    array.dispose();
    expect(Array.from((await reading).data, Number)).toEqual([0, 2, 4, 6]);
  });

  test("says that an array cannot be read after its last use", () => {
    const array = np.array([1, 2]);
    array.dispose();
    expect(thrownBy(() => void copyTensor(array, "values"))).toMatchObject({ code: "TENSOR_READ_FAILED" });
  });
});

describe("pictures", () => {
  test("raw pixels of sharp are (H,W,C)", async () => {
    const create = { width: 3, height: 2, channels: 3, background: { r: 1, g: 2, b: 3 } } as const;
    const raw = await sharp({ create }).raw().toBuffer({ resolveWithObject: true });
    const snapshot = readNow(raw);
    expect(snapshot).toStrictEqual({
      shape: [2, 3, 3],
      dtype: "uint8",
      data: Uint8Array.from({ length: 18 }, (_, i) => (i % 3) + 1),
    });
    raw.data.fill(0);
    expect(snapshot.data[0]).toBe(1);
  });

  test("ImageData is (H,W,4)", () => {
    // Browsers have the class; its type, at least, is the real one.
    const picture: ImageData = {
      data: new Uint8ClampedArray(24).fill(9),
      width: 3,
      height: 2,
      colorSpace: "srgb",
    };
    expect(readNow(picture)).toStrictEqual({
      shape: [2, 3, 4],
      dtype: "uint8",
      data: new Uint8Array(24).fill(9),
    });
  });
});

describe("a scalar out of every library", () => {
  test("is its number, and nothing is consumed", () => {
    defaultDevice("cpu");
    const array = np.array([[0.5]]);
    for (const one of [
      tf.scalar(0.5),
      tf.tensor([[0.5]]),
      new OnnxTensor("float32", [0.5], [1]),
      new OnnxTensor("float16", Uint16Array.of(0x3800), [1, 1]),
      ndarray(Float64Array.of(1, 0.5), [1], [1], 1),
      array,
      array,
      Float32Array.of(0.5),
      [[0.5]],
      { data: [0.5], shape: [] },
    ]) {
      expect(readScalar(one)).toBe(0.5);
    }
    expect(array.refCount).toBe(1);
    expect(readScalar(tf.scalar(true))).toBe(1);
    expect(readScalar(new OnnxTensor("int64", [-5n], []))).toBe(-5);
  });

  test("is undefined for two, and fails with a code if it is disposed of", () => {
    expect(readScalar(tf.tensor([1, 2]))).toBeUndefined();
    const tensor = tf.scalar(1);
    tensor.dispose();
    expect(thrownBy(() => readScalar(tensor))).toMatchObject({ code: "TENSOR_READ_FAILED" });
  });
});

test("a view has the values without a copy where they lie in order", () => {
  const data = Float32Array.of(1, 2, 3, 4);
  const view = (value: unknown): TensorData => (openTensor(value, "values") as TensorSource).data;
  expect(view(ndarray(data, [2, 2])).buffer).toBe(data.buffer);
  const row = view(ndarray(data, [2, 2]).hi(1, 2).transpose(1, 0));
  expect(row).toStrictEqual(Float32Array.of(1, 2));
  expect(row.buffer).toBe(data.buffer);
  expect(view(ndarray(data, [2, 2]).transpose(1, 0))).toStrictEqual(Float32Array.of(1, 3, 2, 4));
});
