import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { image, type ImageSnapshot } from "@mlog/core";
import { describe, expect, it } from "vitest";
import { MediaFolder } from "../src/media-folder.ts";
import { MediaStore, type MediaStoreOptions } from "../src/media-store.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const picture = image(
  { data: new Uint8Array(4), shape: [1, 2, 2] },
  { masks: { truth: { data: new Uint8Array(4), shape: [2, 2] } } },
);

/** A picture that says it has so many bytes. */
function pictureOf(byteLength: number): ImageSnapshot {
  return { ...picture, pixels: { ...picture.pixels, data: { byteLength } as Uint8Array }, masks: {} };
}

function openStore(options: Partial<MediaStoreOptions> = {}): { store: MediaStore; errors: unknown[] } {
  const errors: unknown[] = [];
  const store = new MediaStore({
    folder: new MediaFolder(join(temporaryFolder(), "media")),
    format: "png",
    range: null,
    onFile: () => undefined,
    report: (error) => errors.push(error),
    ...options,
  });
  return { store, errors };
}

describe("without @mlog/image", () => {
  it("the sizes of pictures are kept, and that is said once", async () => {
    const load = (): Promise<never> => Promise.reject(new Error("Cannot find package '@mlog/image'"));
    const { store, errors } = openStore({ load });
    const none = { file: null, size: null, sha256: null };
    for (let i = 0; i < 3; i++) {
      expect((await store.store([picture])).get(picture)).toEqual({
        ...none,
        width: 2,
        height: 2,
        channels: 1,
        masks: { truth: none },
      });
    }
    expect(errors).toMatchObject([
      { code: "IMAGES_NOT_STORED", message: expect.stringContaining("install @mlog/image") as string },
    ]);
  });
});

describe("what waits", () => {
  it("is bounded also before the package is loaded, and by pixels until the files are durable", async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    const { store } = openStore({ load: () => promise });
    const large = pictureOf(100 * 2 ** 20);
    const taken = [store.store([large]), store.store([large])];
    expect(() => store.store([large])).toThrow(expect.objectContaining({ code: "IMAGE_QUEUE_FULL" }));
    reject(new Error("not installed"));
    await Promise.all(taken);
    await store.store([large]);
  });

  it("takes one that is larger than the bound when nothing else waits", async () => {
    const load = (): Promise<never> => Promise.reject(new Error("not installed"));
    const { store } = openStore({ load });
    expect((await store.store([pictureOf(300 * 2 ** 20)])).size).toBe(1);
  });
});

describe("a file that cannot be written", () => {
  it("makes its record fail with a code, and the next try goes well", async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, "media"), "a file where the folder should be");
    const folder = new MediaFolder(join(root, "media"));
    const { store } = openStore({ folder });
    await expect(store.store([picture])).rejects.toMatchObject({ code: "MEDIA_NOT_WRITTEN" });
    const other = new MediaFolder(join(root, "other"));
    await expect(other.keep("a/b", new Uint8Array(1))).rejects.toMatchObject({ code: "MEDIA_NOT_WRITTEN" });
    await other.keep("a", new Uint8Array(1));
    expect(readdirSync(join(root, "other"))).toEqual(["a"]);
  });

  it("has its name only once it is whole, and is written once however many want it", async () => {
    const path = join(temporaryFolder(), "media");
    const folder = new MediaFolder(path);
    const bytes = new Uint8Array(1000).fill(7);
    const kept = Array.from({ length: 5 }, () => folder.keep("a.png", bytes));
    expect(new Set(kept).size).toBe(1);
    expect(existsSync(join(path, "a.png"))).toBe(false);
    await Promise.all(kept);
    expect(readdirSync(path)).toEqual(["a.png"]);
  });

  it("replaces one of the same name and another size, which can only be damaged", async () => {
    const path = join(temporaryFolder(), "media");
    const folder = new MediaFolder(path);
    await folder.keep("a.png", new Uint8Array(3));
    await folder.keep("a.png", new Uint8Array(5));
    expect(readdirSync(path)).toEqual(["a.png"]);
  });
});
