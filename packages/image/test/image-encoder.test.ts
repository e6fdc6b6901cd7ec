import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type ImageSnapshot, type Mask, image, isMlogError } from "@mlog/core";
import { decode } from "fast-png";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Request } from "../src/protocol.ts";
import { type EncodeOptions, ImageEncoder, palette } from "../src/index.ts";

let encoder: ImageEncoder;
beforeEach(() => {
  encoder = new ImageEncoder();
});
afterEach(() => encoder.close());

/** Of bytes that are shown as they are. */
function grey(value: number, height = 4, width = 5): ImageSnapshot {
  return image({ data: new Uint8Array(height * width).fill(value), shape: [height, width] });
}

function withCode(code: string): (error: unknown) => boolean {
  return (error) => isMlogError(error, code);
}

async function expectRejection(promise: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await expect(promise).rejects.toThrow(message);
  await expect(promise).rejects.toSatisfy(withCode(code));
}

describe("encode", () => {
  it("tells what it made", async () => {
    const picture = image({ data: Uint8Array.from([9, 2, 3, 4, 5, 6]), shape: [2, 3] });
    const made = await encoder.encode(picture);
    expect(made).toMatchObject({ format: "png", width: 3, height: 2, channels: 1 });
    expect(made.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect([...decode(made.data).data]).toEqual([9, 2, 3, 4, 5, 6]);
  });

  it("takes pixels that are a part of a larger array", async () => {
    const all = Uint8Array.from({ length: 100 }, (_, i) => i + 2);
    const pixels = { ...grey(0).pixels, data: all.subarray(30, 50) };
    const posted = vi.spyOn(Worker.prototype, "postMessage");
    onTestFinished(() => posted.mockRestore());
    const made = await encoder.encode({ pixels });
    expect([...decode(made.data).data]).toEqual([...all.subarray(30, 50)]);
    // Nor is the rest of the array copied.
    const { job } = posted.mock.calls[0]![0] as Request;
    expect(job).toMatchObject({ pixels: { data: { buffer: { byteLength: 20 } } } });
  });

  it.each<[string, EncodeOptions, RegExp]>([
    ["an unknown format", { format: "jpeg" as never }, /format must be "png" or "webp", not "jpeg"/],
    ["a level beyond 9", { compressionLevel: 10 }, /compressionLevel must be an integer from 0 to 9, not 10/],
    ["a level between two", { compressionLevel: 1.5 }, /not 1\.5/],
    ["an effort beyond 6", { format: "webp", effort: 7 }, /effort must be an integer from 0 to 6, not 7/],
    ["filtering that is no boolean", { adaptiveFiltering: 1 as never }, /true or false, not 1/],
    ["a range of nothing", { range: [1, 1] }, /low < high, not \[1, 1\]/],
    ["a range turned round", { range: [1, 0] }, /low < high, not \[1, 0\]/],
    ["a range without end", { range: [0, Infinity] }, /finite numbers with low < high, not \[0, Infinity\]/],
    ["a range too wide", { range: [-1e308, 1e308] }, /finite/],
    ["a range that is none", { range: 255 as never }, /not 255/],
  ])("refuses %s", async (_, options, message) => {
    await expectRejection(encoder.encode(grey(7), options), "INVALID_ARGUMENT", message);
  });

  it("says which pictures the format cannot hold", async () => {
    const long = grey(7, 2, 16_384);
    await expectRejection(
      encoder.encode(long, { format: "webp" }),
      "IMAGE_ENCODING_FAILED",
      /cannot be encoded: /,
    );
    expect(encoder.stats()).toMatchObject({ failed: 1, pending: 0, pendingBytes: 0 });
    expect(await encoder.encode(long)).toMatchObject({ format: "png", width: 16_384 });
  });
});

describe("a file", () => {
  it("is made once for all who ask while it is made or in use", async () => {
    const picture = grey(7);
    const { promise: used, resolve: endUse } = Promise.withResolvers<void>();
    const first = encoder.encode(picture, {}, () => used);
    const second = await encoder.encode(picture, { compressionLevel: 2 });
    const third = await encoder.encode(picture, {}, () => Promise.resolve());
    expect(third).toBe(second);
    endUse();
    expect(await first).toBe(second);
    expect(encoder.stats()).toMatchObject({ encoded: 1, pending: 0, pendingBytes: 0 });
  });

  it("is made again for other options", async () => {
    const picture = grey(7);
    const made = [{}, { compressionLevel: 9 }, { format: "webp" }, { range: [0, 50] }] as const;
    const files = await Promise.all(made.map((options) => encoder.encode(picture, options)));
    expect(new Set(files.map(({ sha256 }) => sha256)).size).toBe(4);
    expect(encoder.stats().encoded).toBe(4);
  });

  it("counts as pending until nobody uses it any more", async () => {
    const picture = grey(7);
    const { promise: used, resolve: endUse } = Promise.withResolvers<void>();
    const uses = [1, 2].map(() => encoder.encode(picture, {}, () => used));
    const { data } = await encoder.encode(picture);
    let drained = false;
    const drain = encoder.drain().then(() => (drained = true));
    await encoder.encode(grey(8));
    expect(drained).toBe(false);
    expect(encoder.stats()).toMatchObject({ pending: 2, pendingBytes: data.length });
    endUse();
    await Promise.all([...uses, drain]);
    expect(encoder.stats()).toMatchObject({ pending: 0, pendingBytes: 0 });
  });

  it("reaches the others though one cannot use it", async () => {
    const picture = grey(7);
    const broken = encoder.encode(picture, {}, () => Promise.reject(new Error("disk full")));
    const whole = encoder.encode(picture, {}, () => Promise.resolve());
    await expect(broken).rejects.toThrow("disk full");
    expect((await whole).height).toBe(4);
    await encoder.drain();
    expect(encoder.stats()).toMatchObject({ encoded: 1, failed: 0, pendingBytes: 0 });
  });
});

describe("at the bound", () => {
  const maxBytes = 20_000;
  beforeEach(() => {
    encoder = new ImageEncoder({ maxBytes });
  });

  it("refuses the newest with a code, counts it, and takes pictures again when there is room", async () => {
    const first = encoder.encode(grey(2, 100, 100));
    await expectRejection(
      encoder.encode(grey(3, 100, 100)),
      "IMAGE_QUEUE_FULL",
      /12048 bytes, and 12048 of at most 20000/,
    );
    await first;
    await encoder.encode(grey(4, 100, 100));
    expect(encoder.stats()).toMatchObject({ encoded: 2, refused: 1 });
  });

  it("takes a picture beyond the bound if nothing else waits", async () => {
    expect(await encoder.encode(grey(2, 300, 300))).toMatchObject({ height: 300 });
  });

  it("holds back while files are in use", async () => {
    const { promise: used, resolve: endUse } = Promise.withResolvers<void>();
    const noise = image({
      data: Uint8Array.from({ length: 19_000 }, (_, i) => (i * i * 31) >> 3),
      shape: [100, 190],
    });
    const file = encoder.encode(noise, { compressionLevel: 0 }, () => used);
    await encoder.encode(noise, { compressionLevel: 0 });
    const refused = encoder.encode(grey(2));
    await expect(refused).rejects.toSatisfy(withCode("IMAGE_QUEUE_FULL"));
    endUse();
    await file;
    await encoder.encode(grey(2));
  });

  it("stays below in a loop that never lets go", async () => {
    let most = 0;
    const made: Promise<unknown>[] = [];
    for (let i = 0; i < 2000; i++) {
      made.push(encoder.encode(grey(i % 250, 10, 10)).catch(() => undefined));
      most = Math.max(most, encoder.stats().pendingBytes);
    }
    expect(most).toBeLessThanOrEqual(maxBytes);
    await Promise.all(made);
    const { encoded, refused, pendingBytes } = encoder.stats();
    expect({ all: encoded + refused, pendingBytes }).toEqual({ all: 2000, pendingBytes: 0 });
    expect(refused).toBeGreaterThan(0);
  });

  it.each([{ maxBytes: 0 }, { maxBytes: NaN }, { concurrency: 0 }, { concurrency: 1.5 }])(
    "rejects %o",
    (options) => {
      expect(() => new ImageEncoder(options)).toThrow(/must be an integer from 1 to/);
    },
  );
});

describe("the worker", () => {
  it("may die: what waits is rejected with a code, and the next picture starts another", async () => {
    const workers: Worker[] = [];
    const remember = (worker: Worker): number => workers.push(worker);
    process.on("worker", remember);
    onTestFinished(() => void process.off("worker", remember));
    await encoder.encode(grey(2));
    // So large that they are not made before the worker is gone.
    const waiting = [3, 4].map((value) => encoder.encode(grey(value, 4000, 4000)));
    void workers[0]!.terminate();
    for (const each of waiting)
      await expectRejection(each, "IMAGE_WORKER_FAILED", /ended with 2 of them not encoded/);
    expect(encoder.stats()).toMatchObject({ failed: 2, pending: 0, pendingBytes: 0 });
    await encoder.encode(grey(5));
    expect(workers.length).toBe(2);
  });

  it("ends by itself at close, after all that was asked for, and then nothing is taken", async () => {
    const started = once(process, "worker") as Promise<[Worker]>;
    const made = encoder.encode(grey(3, 300, 300));
    const exited = once((await started)[0], "exit");
    await Promise.all([encoder.close(), encoder.close()]);
    expect(await exited).toEqual([0]);
    expect(encoder.stats()).toMatchObject({ encoded: 1, pending: 0 });
    await made;
    await expectRejection(encoder.encode(grey(1)), "IMAGE_ENCODER_CLOSED", /closed/);
  });
});

describe("encodeMask", () => {
  const mask = (data: Mask["data"]): Mask => ({ height: 16, width: data.length / 16, data });

  it("writes class ids as they are, with a colour for each", async () => {
    const ids = Uint8Array.from({ length: 256 }, (_, i) => 255 - i);
    const made = await encoder.encodeMask(mask(ids));
    expect(made).toMatchObject({ format: "png", height: 16, width: 16, channels: 1 });
    const indexed = decode(made.data);
    expect(indexed).toMatchObject({ depth: 8, channels: 1 });
    expect([...indexed.data]).toEqual([...ids]);

    const seen = await sharp(made.data).removeAlpha().raw().toBuffer();
    expect([...seen]).toEqual([...ids].flatMap((id) => palette(256)[id]!));
  });

  it("has 256 different colours, black first", () => {
    expect(new Set(palette(256).map(String)).size).toBe(256);
    expect(palette(4)).toEqual([
      [0, 0, 0],
      [128, 0, 0],
      [0, 128, 0],
      [128, 128, 0],
    ]);
    // The person and the border of PASCAL VOC.
    expect([palette(256)[15], palette(256)[255]]).toEqual([
      [192, 128, 128],
      [224, 224, 192],
    ]);
  });

  it.each([
    ["Int32Array", Int32Array],
    ["BigInt64Array", BigInt64Array],
    ["Float32Array", Float32Array],
  ])("takes class ids in a %s", async (_, Class) => {
    const ids = new Class(32);
    ids[5] = Class === BigInt64Array ? 200n : 200;
    const made = await encoder.encodeMask(mask(ids));
    expect(decode(made.data).data[5]).toBe(200);
  });

  it.each([
    ["256", Int32Array.of(...new Array(31).fill(0), 256), /from 0 to 255, not 256/],
    ["-1", Int32Array.of(...new Array(31).fill(0), -1), /not -1/],
    ["0.5", Float32Array.of(...new Array(31).fill(0), 0.5), /not 0\.5/],
    ["too few", Uint8Array.of(1, 2, 3), /16 x 2 has 32 class ids, not 3/],
  ])("refuses a class id of %s", async (_, data, message) => {
    await expectRejection(encoder.encodeMask({ height: 16, width: 2, data }), "INVALID_MASK", message);
  });

  it("makes a mask once", async () => {
    const ids = mask(new Uint8Array(32));
    const [one, other] = await Promise.all([encoder.encodeMask(ids), encoder.encodeMask(ids)]);
    expect(one).toBe(other);
  });
});

describe("overlay", () => {
  const picture = image({ data: Uint8Array.of(100, 100, 10, 200), shape: [2, 2] });
  const mask: Mask = { height: 2, width: 2, data: Uint8Array.of(0, 1, 1, 2) };

  it.each([
    [0.5, [100, 100, 100, 114, 50, 50, 69, 5, 5, 100, 164, 100]],
    [1, [100, 100, 100, 128, 0, 0, 128, 0, 0, 0, 128, 0]],
    [0, [100, 100, 100, 100, 100, 100, 10, 10, 10, 200, 200, 200]],
  ])("mixes the colours of the classes with an opacity of %d", async (opacity, expected) => {
    const made = await encoder.overlay(picture, mask, { opacity });
    expect(made).toMatchObject({ format: "png", height: 2, width: 2, channels: 3 });
    expect([...decode(made.data).data]).toEqual(expected);
  });

  it("keeps transparency where no class is", async () => {
    const clear = image({ data: new Uint8Array(4 * 4).fill(4), shape: [2, 2, 4] }, { channelsLast: true });
    const { data } = decode((await encoder.overlay(clear, mask, { opacity: 0.5 })).data);
    expect([data[3], data[7]]).toEqual([4, 128]);
  });

  it("refuses a mask of another size, naming both", async () => {
    const wrong = encoder.overlay(picture, { height: 1, width: 4, data: mask.data });
    await expectRejection(wrong, "INVALID_MASK", /1 x 4 cannot lie over a picture of 2 x 2/);
  });

  it.each([-0.1, 1.1, NaN])("refuses an opacity of %d", async (opacity) => {
    await expectRejection(encoder.overlay(picture, mask, { opacity }), "INVALID_ARGUMENT", /opacity/);
  });
});

describe("contactSheet", () => {
  it("puts pictures in rows, each at the top left of its cell", async () => {
    const made = await encoder.contactSheet([grey(10, 2, 3), grey(20, 4, 1), grey(30, 1, 2)], { columns: 2 });
    const [height, width] = [2 + 2 * (4 + 2), 2 + 2 * (3 + 2)];
    expect(made).toMatchObject({ height, width, channels: 3 });
    const { data } = decode(made.data);
    const expected = new Uint8Array(height * width).fill(64);
    const paint = (top: number, left: number, rows: number, columns: number, value: number): void => {
      for (let y = top; y < top + rows; y++)
        expected.fill(value, y * width + left, y * width + left + columns);
    };
    paint(2, 2, 2, 3, 10);
    // A picture of one column has been (4,1).
    paint(2, 7, 4, 1, 20);
    paint(8, 2, 2, 1, 30);
    expect([...data.filter((_, i) => i % 3 === 1)]).toEqual([...expected]);
  });

  it("is about square by default", async () => {
    const pictures = Array.from({ length: 5 }, (_, i) => grey(i + 2, 2, 2));
    expect(await encoder.contactSheet(pictures)).toMatchObject({ height: 2 + 2 * 4, width: 2 + 3 * 4 });
  });

  it("refuses no pictures, and no columns", async () => {
    await expectRejection(encoder.contactSheet([]), "INVALID_ARGUMENT", /at least one picture/);
    await expectRejection(encoder.contactSheet([grey(1)], { columns: 0 }), "INVALID_ARGUMENT", /columns/);
  });
});
