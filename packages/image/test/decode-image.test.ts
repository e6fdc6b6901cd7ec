import { image } from "@mlog/core";
import { afterAll, describe, expect, it } from "vitest";
import { decodeImage, decodeMask, ImageEncoder } from "../src/index.ts";

const encoder = new ImageEncoder();
afterAll(() => encoder.close());

const picture = (channels: number, data: Uint8Array) =>
  image({ data, info: { width: 3, height: 2, channels } });

describe("a picture", () => {
  it.each(
    ([1, 2, 3, 4] as const).flatMap((channels) => [[channels, "png"] as const, [channels, "webp"] as const]),
  )("of %i channels comes back from %s as it was", async (channels, format) => {
    const values = Uint8Array.from({ length: 6 * channels }, (_, i) => i * 10 + 2);
    const { data } = await encoder.encode(picture(channels, values), { format });
    expect(await decodeImage(data, channels)).toEqual({
      height: 2,
      width: 3,
      channels,
      channelsAt: "last",
      dtype: "uint8",
      data: values,
    });
  });

  it.each([1, 2, 3, 4])("of %i channels says so itself as PNG", async (channels) => {
    const values = Uint8Array.from({ length: 6 * channels }, (_, i) => i * 10 + 2);
    const { data } = await encoder.encode(picture(channels, values));
    expect(await decodeImage(data)).toMatchObject({ channels, data: values });
  });

  it("that is none is an error with a code", async () => {
    await expect(decodeImage(new Uint8Array(50))).rejects.toMatchObject({ code: "IMAGE_DECODING_FAILED" });
  });
});

describe("a mask", () => {
  it.each([0, 1, 7, 255])("comes back with its class ids up to %i", async (highest) => {
    const data = Uint8Array.from([0, 0, highest >> 1, highest, highest, 0]);
    const made = await encoder.encodeMask({ height: 2, width: 3, data });
    expect(decodeMask(made.data)).toEqual({ height: 2, width: 3, data });
  });

  it("that is none, or a picture in colour, is an error with a code", async () => {
    const { data } = await encoder.encode(picture(3, new Uint8Array(18)));
    for (const file of [new Uint8Array(50), data]) {
      expect(() => decodeMask(file)).toThrow(expect.objectContaining({ code: "IMAGE_DECODING_FAILED" }));
    }
  });
});
