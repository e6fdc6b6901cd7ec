import { image, isMlogError } from "@mlog/core";
import { decode } from "fast-png";
import { afterEach, expect, it } from "vitest";
import { ImageEncoder } from "../src/index.ts";

let encoder = new ImageEncoder();

afterEach(async () => {
  await encoder.close();
  encoder = new ImageEncoder();
});

const grey = (value: number, height = 4, width = 5) =>
  image({ data: new Uint8Array(height * width).fill(value), shape: [height, width] });

it("tells what it made", async () => {
  const picture = image({ data: Uint8Array.from([9, 2, 3, 4, 5, 6]), shape: [1, 2, 3] }, { channelsLast: true });
  const made = await encoder.encode(picture);
  expect(made).toMatchObject({ format: "png", width: 3, height: 2, channels: 1 });
  expect(made.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect([...decode(made.data).data]).toEqual([9, 2, 3, 4, 5, 6]);
});

it("makes a file once for all who ask while it is made or in use", async () => {
  const picture = grey(7);
  const [first, second] = await Promise.all([
    encoder.encode(picture, {}, () => Promise.resolve()),
    encoder.encode(picture, { compressionLevel: 2 }),
  ]);
  expect(second).toBe(first);
  expect(await encoder.encode(picture, { compressionLevel: 9 })).not.toBe(first);
  expect(encoder.stats()).toMatchObject({ encoded: 2, pending: 0, pendingBytes: 0 });
});

it("refuses what comes after close", async () => {
  await encoder.close();
  await expect(encoder.encode(grey(1))).rejects.toSatisfy((error) => isMlogError(error, "IMAGE_ENCODER_CLOSED"));
});
