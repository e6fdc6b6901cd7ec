// A file of its own: importing the library takes seconds.
import { Tensor } from "@huggingface/transformers";
import { Tensor as OnnxTensor } from "onnxruntime-common";
import { describe, expect, test } from "vitest";
import { readScalar } from "../src/read-scalar.ts";
import { copyTensor } from "./copy-tensor.ts";
import { thrownBy } from "./recorder.ts";

describe("transformers.js", () => {
  test("reads its tensors, which are proxies that compute a slice for every integer key", () => {
    const tensor = new Tensor("float32", Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    expect(copyTensor(tensor, "values")).toStrictEqual({
      shape: [2, 3],
      dtype: "float32",
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(copyTensor(tensor.permute(1, 0), "values")).toMatchObject({
      shape: [3, 2],
      data: Float32Array.of(1, 4, 2, 5, 3, 6),
    });
    expect(copyTensor(new Tensor("int64", [1n, -2n], [2]), "values")).toStrictEqual({
      shape: [2],
      dtype: "int64",
      data: BigInt64Array.of(1n, -2n),
    });
    expect(readScalar(new Tensor("float32", [0.5], [1, 1]))).toBe(0.5);
  });

  test("never asks for an integer key", () => {
    const asked: PropertyKey[] = [];
    const tensor = new Proxy(new Tensor("float32", [1, 2], [2]), {
      get(target, key) {
        asked.push(key);
        return Reflect.get(target, key) as unknown;
      },
    });
    void copyTensor(tensor, "values");
    readScalar(tensor);
    expect(asked.filter((key) => typeof key === "string" && /^\d+$/.test(key))).toEqual([]);
    expect(asked).toContain("dims");
  });

  test("keeps its copy when the tensor is disposed of, and refuses one that was", () => {
    const data = Float32Array.of(1, 2);
    const tensor = new Tensor("float32", data, [2]);
    const snapshot = copyTensor(tensor, "values");
    data.fill(0);
    tensor.dispose();
    expect(snapshot).toMatchObject({ data: Float32Array.of(1, 2) });
    expect(thrownBy(() => void copyTensor(tensor, "values"))).toMatchObject({ code: "TENSOR_READ_FAILED" });
  });

  test("downloads from a GPU", async () => {
    const tensor = new Tensor("float32", [0, 0], [2]);
    // What a model on a GPU answers with.
    tensor.ort_tensor = OnnxTensor.fromGpuBuffer({ size: 8, mapState: "unmapped" } as GPUBuffer, {
      dataType: "float32",
      dims: [2],
      download: () => Promise.resolve(Float32Array.of(1, 2)),
    });
    expect(tensor.location).toBe("gpu-buffer");
    expect(await copyTensor(tensor, "values")).toStrictEqual({
      shape: [2],
      dtype: "float32",
      data: Float32Array.of(1, 2),
    });
  });
});
