import { hash } from "node:crypto";
import { cpSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type ImageReference, readMedia } from "../src/index.ts";
import { ofType, openRun, readAll } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let root: string;
let log: string;
let reference: ImageReference;
let file: string;

beforeEach(async () => {
  root = temporaryFolder();
  const { logger, path } = openRun(root);
  logger.logImages({ data: Uint8Array.from({ length: 16 }, (_, i) => i * 9), shape: [1, 4, 4] });
  await logger.close();
  log = path;
  [reference] = ofType(await readAll(path), "images")[0]!.images as [ImageReference];
  file = join(dirname(path), reference.file!);
});

describe("reading a picture", () => {
  it("takes the log, its folder, or a downloaded one", async () => {
    const expected = await readMedia(log, reference);
    expect(hash("sha256", expected, "hex")).toBe(reference.sha256);
    expect(await readMedia(dirname(log), reference)).toEqual(expected);
    const download = join(root, "run=run");
    cpSync(dirname(log), join(download, "rank=0"), { recursive: true });
    expect(await readMedia(download, reference)).toEqual(expected);
  });

  it("says that a file is missing", async () => {
    rmSync(file);
    await expect(readMedia(log, reference)).rejects.toMatchObject({ code: "MEDIA_MISSING" });
    rmSync(dirname(file), { recursive: true });
    await expect(readMedia(log, reference)).rejects.toMatchObject({ code: "MEDIA_MISSING" });
    const none = { file: null, size: null, sha256: null };
    await expect(readMedia(log, none)).rejects.toMatchObject({ code: "MEDIA_MISSING" });
    // The records are read all the same.
    expect(ofType(await readAll(log), "images")).toHaveLength(1);
  });

  it.each<[string, () => void]>([
    ["cut", () => truncateSync(file, reference.size! - 1)],
    ["empty", () => truncateSync(file, 0)],
    ["of the same size with another content", () => writeFileSync(file, new Uint8Array(reference.size!))],
    ["longer", () => writeFileSync(file, new Uint8Array(reference.size! + 1))],
    [
      "a folder",
      () => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ])("says that a file is damaged that is %s", async (_, damage) => {
    damage();
    await expect(readMedia(log, reference)).rejects.toMatchObject({ code: "MEDIA_DAMAGED" });
  });

  it("never leaves the folder of the log", async () => {
    const secret = join(root, "secret.png");
    writeFileSync(secret, "secret");
    const sha256 = hash("sha256", "secret", "hex");
    writeFileSync(join(root, `${sha256}.png`), "secret");
    for (const name of [
      "../secret.png",
      secret,
      `../${sha256}.png`,
      `media/../../${sha256}.png`,
      `media/${sha256}.png/../../../secret.png`,
      `media/${sha256}.png\0`,
      `media\\${sha256}.png`,
      `media/${sha256.toUpperCase()}.png`,
      `media/${sha256}.jsonl`,
      "",
      7,
      { toString: () => secret },
    ]) {
      const hostile = { file: name as string, size: 6, sha256 };
      await expect(readMedia(log, hostile)).rejects.toMatchObject({ code: "MEDIA_DAMAGED" });
    }
  });
});

describe("a record", () => {
  it.each([
    [
      "pictures without a size",
      '"images":[{"file":null,"sha256":null,"width":1,"height":1,"channels":1,"masks":{}}]',
    ],
    ["pictures that are none", '"images":[5]'],
    [
      "masks that are none",
      '"images":[{"file":null,"size":null,"sha256":null,"width":1,"height":1,"channels":1,"masks":{"a":5}}]',
    ],
  ])("with %s is damaged", async (_, images) => {
    const path = join(root, "hostile.jsonl");
    const head = '"v":1,"type":"images","seq":1,"time":1,"step":0,"epoch":0,"batch":0,"sample":0,"token":0';
    writeFileSync(path, `{${head},"name":"a",${images},"maskClassLabels":{},"useTable":true}\n`);
    expect(await readAll(path)).toMatchObject([{ type: "damaged" }]);
  });
});
