import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { RawImage } from "@huggingface/transformers";
import { defaultDevice, init, numpy } from "@jax-js/jax";
import { type TensorLike, image } from "@mlog/core";
import type * as TensorFlow from "@tensorflow/tfjs";
import ndarray from "ndarray";
import { Tensor as OnnxTensor } from "onnxruntime-common";
import sharp from "sharp";
import { afterAll, expect, it } from "vitest";
import { ImageEncoder } from "../src/index.ts";

// The bundle with everything in it: the entry for Node requires a package that it does not depend on.
const tf = createRequire(import.meta.url)("@tensorflow/tfjs/dist/tf.min.js") as typeof TensorFlow;
const encoder = new ImageEncoder();
afterAll(() => encoder.close());

const height = 9;
const width = 7;

/** A picture of bytes, (H,W,C), with values from 0 to 255. */
function bytes(channels: number): Uint8Array {
  return Uint8Array.from({ length: height * width * channels }, (_, i) => (i * 37) % 256);
}

function nested(values: ArrayLike<number>, channels: number): number[][][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) =>
      Array.from({ length: channels }, (___, c) => values[(y * width + x) * channels + c]!),
    ),
  );
}

it("the same picture in any library's tensor gives the same bytes", async () => {
  await tf.setBackend("cpu");
  await init("cpu");
  defaultDevice("cpu");
  const picture = bytes(4);
  const shape = [height, width, 4];
  const floats = Float32Array.from(picture);
  const raw = await sharp(picture, { raw: { width, height, channels: 4 } })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const mirrored = ndarray(picture.toReversed(), shape, [-width * 4, -4, -1], picture.length - 1);
  const kinds: Record<string, TensorLike> = {
    "typed array and shape": { data: picture, shape },
    "floats and shape": { data: floats, shape },
    "nested arrays": nested(picture, 4),
    "ndarray view": mirrored,
    "TensorFlow.js": tf.tensor(Array.from(picture), [height, width, 4], "int32"),
    onnxruntime: new OnnxTensor("uint8", picture, shape),
    "transformers.js": new RawImage(picture, width, height, 4).toTensor("HWC"),
    "jax-js": numpy.array(floats).reshape(shape),
    "sharp raw": raw,
    // The real class exists in browsers only; this has its shape.
    ImageData: { data: new Uint8ClampedArray(picture), width, height },
  };
  const sums: Record<string, string> = {};
  for (const [name, value] of Object.entries(kinds)) {
    const made = await encoder.encode(image(value, { channelsLast: true }));
    expect(made.sha256).toBe(createHash("sha256").update(made.data).digest("hex"));
    sums[name] = made.sha256;
  }
  const expected = sums["typed array and shape"];
  expect(sums).toEqual(Object.fromEntries(Object.keys(kinds).map((name) => [name, expected])));
  expect(expected).not.toBe(
    (await encoder.encode(image({ data: picture.toReversed(), shape }, { channelsLast: true }))).sha256,
  );
});

it("a picture gives the same bytes with channels first and last, alone and in a batch", async () => {
  const last = bytes(3);
  const first = new Uint8Array(last.length);
  for (let i = 0; i < last.length; i++) first[(i % 3) * height * width + Math.floor(i / 3)] = last[i]!;
  const one = await encoder.encode(image({ data: last, shape: [height, width, 3] }, { channelsLast: true }));
  const other = await encoder.encode(image({ data: first, shape: [3, height, width] }));
  const batch = image({ data: first, shape: [1, 3, height, width] });
  expect(other.data).toEqual(one.data);
  expect((await encoder.encode(batch)).data).toEqual(one.data);
});
