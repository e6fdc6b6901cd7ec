import { hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { image } from "@mlog/core";
import { decodeImage, decodeMask } from "@mlog/image";
import { describe, expect, it } from "vitest";
import { readMedia } from "../src/index.ts";
import { namedMedia } from "../src/named-media.ts";
import { eventually } from "./eventually.ts";
import { FakeUploader } from "./fake-uploader.ts";
import { ofType, type OpenRun, openRun, readAll } from "./open-run.ts";
import { expectValid } from "./schema.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The names of all files beside the log. */
function mediaOf({ path }: OpenRun): string[] {
  const folder = join(dirname(path), "media");
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Pictures of (1,4,4), all different. */
function pixels(count: number): Uint8Array {
  return Uint8Array.from({ length: count * 16 }, (_, i) => 100 + (i >> 4) + (i % 16));
}

function mediaUploads({ requests }: FakeUploader): string[] {
  return requests
    .map(({ remoteFileName }) => remoteFileName)
    .filter((name) => name.includes("/media/"))
    .sort();
}

async function imagesOf({ path }: OpenRun) {
  return ofType(await readAll(path, { order: "seq" }), "images");
}

describe("pictures", () => {
  it("are files named by their content, and a record says what is in them", async () => {
    const run = openRun(temporaryFolder());
    const data = Uint8Array.from({ length: 12 }, (_, i) => i * 20);
    const classes = Uint8Array.from([0, 1, 255, 7]);
    run.logger.logImages(
      { data, shape: [2, 2, 3] },
      {
        name: "scene",
        channelsLast: true,
        step: 9,
        masks: { truth: { data: classes, shape: [2, 2] }, guess: { data: new Uint8Array(4), shape: [2, 2] } },
        maskClassLabels: { 0: "road", 7: "car" },
        useTable: false,
      },
    );
    await run.logger.close();
    expectValid(run.lines());

    const [record] = await imagesOf(run);
    const { images, ...fields } = record!;
    expect(fields).toMatchObject({
      name: "scene",
      step: 9,
      useTable: false,
      maskClassLabels: { 0: "road", 7: "car" },
    });
    expect(images).toHaveLength(1);
    const [{ masks, ...picture }] = images as [(typeof images)[0]];
    expect(picture).toMatchObject({ width: 2, height: 2, channels: 3 });
    expect(Object.keys(masks)).toEqual(["truth", "guess"]);
    for (const reference of [picture, ...Object.values(masks)]) {
      const bytes = readFileSync(join(dirname(run.path), reference.file!));
      expect(reference).toMatchObject({ size: bytes.length, sha256: hash("sha256", bytes, "hex") });
      expect(reference.file).toBe(`media/${reference.sha256}.png`);
    }
    expect((await decodeImage(await readMedia(run.path, picture))).data).toEqual(data);
    expect(decodeMask(await readMedia(run.path, masks["truth"]!)).data).toEqual(classes);
    expect(mediaOf(run)).toHaveLength(3);
  });

  it("of a batch of 64 are the same files as 64 single ones", async () => {
    const batch = openRun(temporaryFolder());
    const single = openRun(temporaryFolder());
    const data = pixels(64);
    batch.logger.logImages({ data, shape: [64, 1, 4, 4] });
    for (let i = 0; i < 64; i++) {
      single.logger.logImages({ data: data.subarray(i * 16, (i + 1) * 16), shape: [1, 4, 4] });
    }
    await Promise.all([batch.logger.close(), single.logger.close()]);
    expect(mediaOf(batch)).toHaveLength(64);
    expect(mediaOf(single)).toEqual(mediaOf(batch));
    const [record] = await imagesOf(batch);
    expect((await imagesOf(single)).flatMap(({ images }) => images)).toEqual(record!.images);
  });

  it("that are alike are one file, written once, in whichever session", async () => {
    const root = temporaryFolder();
    const first = openRun(root);
    first.logger.logImages([pixels(1), pixels(1)].map((data) => ({ data, shape: [1, 4, 4] })));
    first.logger.logTable(["picture"], [[image({ data: pixels(1), shape: [1, 4, 4] })]]);
    await first.logger.close();
    const [name] = mediaOf(first);
    const path = join(dirname(first.path), "media", name!);
    const { ino, mtimeNs } = statSync(path, { bigint: true });
    const second = openRun(root, { resume: true });
    second.logger.logImages({ data: pixels(1), shape: [1, 4, 4] });
    await second.logger.close();
    expect(mediaOf(second)).toEqual([name]);
    expect(statSync(path, { bigint: true })).toMatchObject({ ino, mtimeNs });
    expect(await imagesOf(second)).toMatchObject([
      { session: 0, images: [{ file: `media/${name}` }, { file: `media/${name}` }] },
      { session: 1, images: [{ file: `media/${name}` }] },
    ]);
  });

  it("are as they were at the call, whatever the caller does with its memory then", async () => {
    const run = openRun(temporaryFolder());
    const data = pixels(1);
    const before = data.slice();
    run.logger.logImages({ data, shape: [1, 4, 4] });
    data.fill(0);
    await run.logger.close();
    const [record] = await imagesOf(run);
    expect((await decodeImage(await readMedia(run.path, record!.images[0]!))).data).toEqual(before);
  });

  it("imageFormat: webp, and masks stay PNG", async () => {
    const run = openRun(temporaryFolder(), { imageFormat: "webp" });
    run.logger.logImages(
      { data: pixels(1), shape: [1, 4, 4] },
      { masks: { truth: { data: new Uint8Array(16), shape: [4, 4] } } },
    );
    await run.logger.close();
    expectValid(run.lines());
    const [picture] = (await imagesOf(run))[0]!.images;
    expect(picture!.file).toMatch(/\.webp$/);
    expect(picture!.masks["truth"]!.file).toMatch(/\.png$/);
    expect((await decodeImage(await readMedia(run.path, picture!), 1)).data).toEqual(pixels(1));
  });

  it("imageRange: replaces Composer's rule", async () => {
    const run = openRun(temporaryFolder(), { imageRange: [0, 510] });
    run.logger.logImages({ data: Float32Array.from([0, 0.5, 1, 510]), shape: [1, 2, 2] });
    await run.logger.close();
    const [picture] = (await imagesOf(run))[0]!.images;
    expect([...(await decodeImage(await readMedia(run.path, picture!))).data]).toEqual([0, 0, 1, 255]);
  });

  it.each([
    ["imageFormat", "jpeg"],
    ["imageFormat", 3],
    ["imageRange", [1, 0]],
    ["imageRange", [0, NaN]],
    ["imageRange", [0, 1, 2]],
    ["imageRange", 255],
  ])("%s: %j is refused", (option, value) => {
    expect(() => openRun(temporaryFolder(), { [option]: value })).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining(option) as string,
      }),
    );
  });

  it("are named in text logs too", async () => {
    const run = openRun(temporaryFolder(), { format: "text" });
    run.logger.logImages({ data: pixels(1), shape: [1, 4, 4] }, { name: "digit" });
    await run.logger.close();
    const [name] = mediaOf(run);
    expect(run.text()).toContain(`[images][batch=0]: digit: [{"file":"media/${name}"`);
  });
});

describe("the record of a picture", () => {
  it("has the seq of its call, and a line that tells how far the log was when it came", async () => {
    const run = openRun(temporaryFolder());
    run.logger.logImages({ data: pixels(1), shape: [1, 4, 4] }, { name: "late" });
    run.logger.logMetrics({ loss: 1 });
    run.logger.logMetrics({ loss: 2 });
    await run.logger.close();
    expectValid(run.lines());
    expect(run.lines().map(({ type, seq, next }) => [type, seq, next])).toEqual([
      ["start", 0, undefined],
      ["metrics", 2, undefined],
      ["metrics", 3, undefined],
      ["images", 1, 4],
      ["end", 4, undefined],
    ]);
    expect(
      (await readAll(run.path, { order: "seq" })).map((record) => "seq" in record && record.seq),
    ).toEqual([0, 1, 2, 3, 4]);
  });

  it("is covered by flush, with its files", async () => {
    const run = openRun(temporaryFolder());
    run.logger.logImages({ data: pixels(20), shape: [20, 1, 4, 4] });
    run.logger.logTable(["picture"], [[image({ data: new Uint8Array(16), shape: [1, 4, 4] })]]);
    expect(run.file.delivery()).toMatchObject({ pending: expect.toSatisfy((count) => count >= 2) as number });
    await run.logger.flush();
    expect(run.lines().map(({ seq }) => seq)).toEqual(expect.arrayContaining([0, 1, 2]));
    expect(mediaOf(run)).toHaveLength(21);
    expect(run.file.delivery()).toEqual({ delivered: 3, pending: 0, dropped: 0 });
    await run.logger.close();
  });

  it("is dropped, reported and named if a picture cannot be encoded", async () => {
    const run = openRun(temporaryFolder(), { imageFormat: "webp" });
    // WebP has at most 16383 pixels a side.
    run.logger.logImages({ data: new Uint8Array(16384), shape: [1, 1, 16384] });
    run.logger.logMetrics({ loss: 1 });
    await expect(run.logger.flush()).rejects.toMatchObject({ code: "NOT_SAFE" });
    expect(run.errors).toMatchObject([{ code: "IMAGE_ENCODING_FAILED" }, { code: "RECORDS_DROPPED" }]);
    expect(run.lines().slice(1)).toMatchObject([
      { type: "metrics", seq: 2 },
      { type: "dropped", seq: 3, from: 1, to: 1 },
    ]);
    expect(run.file.delivery()).toMatchObject({ dropped: 1, pending: 0 });
    await run.logger.close();
  });

  it("is dropped, reported and named if too much waits, and the loop goes on", async () => {
    const run = openRun(temporaryFolder());
    const data = new Uint8Array(16 * 2 ** 20);
    const shape = [1, 4096, 4096];
    for (let i = 0; i < 20; i++) run.logger.logImages({ data, shape });
    const { dropped, pending } = run.file.delivery();
    expect(dropped).toBeGreaterThanOrEqual(5);
    expect(pending).toBeGreaterThanOrEqual(15);
    await expect(run.logger.close()).rejects.toMatchObject({ code: "NOT_SAFE" });
    expect(run.errors[0]).toMatchObject({ code: "IMAGE_QUEUE_FULL" });
    const records = await readAll(run.path, { order: "seq" });
    const named = ofType(records, "dropped").map(({ from, to }) => to - from + 1);
    expect(ofType(records, "images")).toHaveLength(20 - dropped);
    expect(named.reduce((sum, count) => sum + count, 0)).toBe(dropped);
  });
});

describe("tables", () => {
  it("have a type per column, and numbers that JSON has no word for come back", async () => {
    const run = openRun(temporaryFolder());
    const picture = image({ data: pixels(1), shape: [1, 4, 4] });
    const big = 2n ** 80n;
    const rows = [
      [1, NaN, "a", true, null, picture, [1], { a: 1 }, 1, { $image: 3 }],
      [2n, -Infinity, "NaN", null, null, null, [], {}, "one", picture],
      [big, 0.5, "12", false, null, picture, null, null, null, null],
    ];
    const columns = ["big", "odd", "text", "flag", "none", "picture", "list", "object", "mixed", "hostile"];
    run.logger.logTable(columns, rows, { name: "everything" });
    run.logger.logTable(["a"], [], { name: "empty" });
    await run.logger.close();
    expectValid(run.lines());
    const [table, empty] = ofType(await readAll(run.path, { order: "seq" }), "table");
    expect(table!.types).toEqual([
      "number",
      "number",
      "string",
      "boolean",
      "null",
      "image",
      "array",
      "object",
      "mixed",
      "mixed",
    ]);
    expect(empty).toMatchObject({ types: ["null"], rows: [] });
    const { file } = (table!.rows[0]![5] as { $image: { file: string } }).$image;
    const cell = { $image: expect.objectContaining({ file }) as unknown };
    expect(table!.rows).toEqual([
      [1, NaN, "a", true, null, cell, [1], { a: 1 }, 1, { $image: 3 }],
      [2, -Infinity, "NaN", null, null, null, [], {}, "one", cell],
      [big, 0.5, "12", false, null, cell, null, null, null, null],
    ]);
    expect(mediaOf(run)).toHaveLength(1);
  });
});

describe("destinations that take files", () => {
  it("get each file once, beside the segments", async () => {
    const uploader = new FakeUploader();
    const run = openRun(temporaryFolder(), { others: [uploader] });
    run.logger.logImages({ data: pixels(3), shape: [3, 1, 4, 4] });
    await run.logger.flush();
    run.logger.logImages({ data: pixels(3), shape: [3, 1, 4, 4] });
    await run.logger.close();
    expect(mediaUploads(uploader)).toEqual(mediaOf(run).map((name) => `run=run/rank=0/media/${name}`));
    for (const { remoteFileName, overwrite } of uploader.requests)
      expect(overwrite).toBe(remoteFileName.includes("/media/"));
    expect(run.errors).toEqual([]);
    for (const name of mediaOf(run)) {
      const bytes = readFileSync(join(dirname(run.path), "media", name));
      expect(uploader.files.get(`run=run/rank=0/media/${name}`)).toEqual(bytes);
    }
  });

  it("get a file again that they could not stage", async () => {
    const uploader = new FakeUploader();
    let failures = 1;
    uploader.behaviour = ({ remoteFileName }) =>
      remoteFileName.includes("/media/") && failures-- > 0 ? "fails to stage" : "stages";
    const run = openRun(temporaryFolder(), { others: [uploader] });
    run.logger.logImages({ data: pixels(1), shape: [1, 4, 4] });
    await run.logger.flush();
    await eventually(() => expect(run.errors).toMatchObject([{ code: "MEDIA_NOT_SHIPPED" }]));
    await run.logger.close();
    expect([...uploader.files.keys()]).toContain(`run=run/rank=0/media/${mediaOf(run)[0]}`);
    expect(run.errors).toHaveLength(1);
  });

  it("get the files of a session that was killed, or had no uploader, from the one that goes on", async () => {
    const root = temporaryFolder();
    const alone = openRun(root);
    alone.logger.logImages({ data: pixels(3), shape: [3, 1, 4, 4] });
    await alone.logger.close();

    const hanging = new FakeUploader();
    hanging.behaviour = () => "hangs";
    const killed = openRun(root, { resume: true, others: [hanging] });
    killed.logger.logImages(
      { data: pixels(4).subarray(48), shape: [1, 4, 4] },
      { masks: { truth: { data: new Uint8Array(16), shape: [4, 4] } } },
    );
    await killed.logger.flush();

    const uploader = new FakeUploader();
    const next = openRun(root, { resume: true, others: [uploader] });
    await next.logger.close();
    expect(next.errors).toEqual([]);
    expect(mediaOf(next)).toHaveLength(5);
    expect(mediaUploads(uploader)).toEqual(mediaOf(next).map((name) => `run=run/rank=0/media/${name}`));
  });

  it("get files that were staged once more only if they are logged again", async () => {
    const root = temporaryFolder();
    const first = openRun(root, { others: [new FakeUploader()] });
    first.logger.logImages({ data: pixels(3), shape: [3, 1, 4, 4] });
    await first.logger.close();
    const uploader = new FakeUploader();
    const second = openRun(root, { resume: true, others: [uploader] });
    second.logger.logImages({ data: pixels(1), shape: [1, 4, 4] });
    await second.logger.close();
    expect(mediaUploads(uploader)).toHaveLength(1);
    const third = openRun(root, { resume: true, others: [uploader] });
    await third.logger.close();
    expect(mediaUploads(uploader)).toHaveLength(1);
  });

  it("are not asked for files that are gone", async () => {
    const root = temporaryFolder();
    const first = openRun(root);
    first.logger.logImages({ data: pixels(1), shape: [1, 4, 4] });
    await first.logger.close();
    rmSync(join(dirname(first.path), "media"), { recursive: true });
    const uploader = new FakeUploader();
    const second = openRun(root, { resume: true, others: [uploader] });
    await second.logger.close();
    expect(second.errors).toEqual([]);
    expect(mediaUploads(uploader)).toEqual([]);
  });
});

describe("the names of files in a log", () => {
  it("are found in the range that is asked for, also where two blocks meet", async () => {
    const path = join(temporaryFolder(), "log");
    const name = (i: number): string => `${String(i).padStart(64, "0")}.${i % 2 === 0 ? "png" : "webp"}`;
    const line = (i: number): string =>
      `{"masks":{},"file":"media/${name(i)}","text":"${"x".repeat(i % 97)}"}\n`;
    const lines = Array.from({ length: 20_000 }, (_, i) => line(i));
    writeFileSync(path, lines.join(""));
    const start = lines.slice(0, 10).join("").length;
    const end = lines.slice(0, 19_990).join("").length;
    expect(await Array.fromAsync(namedMedia(path, start, end))).toEqual(
      Array.from({ length: 19_980 }, (_, i) => name(i + 10)),
    );
  });
});
