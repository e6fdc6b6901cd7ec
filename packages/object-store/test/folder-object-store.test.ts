import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bodyOf, FolderObjectStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("objects are plain files, and what belongs to the store is no object", async () => {
  const folder = temporaryFolder();
  const store = new FolderObjectStore({ folder });
  await store.put("a/b.txt", bodyOf(Buffer.from("text")), { metadata: { key: "value" } });
  expect(readdirSync(folder).sort()).toEqual([".mlog-store", "a"]);
  expect(await Array.fromAsync(store.list(""))).toEqual([{ name: "a/b.txt", size: 4 }]);
  await expect(store.put(".mlog-store/x", bodyOf(Buffer.from("x")))).rejects.toMatchObject({
    code: "INVALID_OBJECT_NAME",
  });
});

test("metadata belong to the bytes: a file that somebody else put there has none", async () => {
  const folder = temporaryFolder();
  const store = new FolderObjectStore({ folder });
  await store.put("a", bodyOf(Buffer.from("text")), { metadata: { key: "value" } });
  expect((await store.head("a")).metadata).toEqual({ key: "value" });
  utimesSync(join(folder, "a"), 1, 1);
  expect((await store.head("a")).metadata).toEqual({});
});

test("an object cannot be where the folder of others is, nor the other way round", async () => {
  const store = new FolderObjectStore({ folder: temporaryFolder() });
  await store.put("a/b", bodyOf(Buffer.from("x")));
  await store.put("c", bodyOf(Buffer.from("x")));
  for (const name of ["a", "c/d"])
    await expect(store.put(name, bodyOf(Buffer.from("x")))).rejects.toMatchObject({
      code: "INVALID_OBJECT_NAME",
    });
});

test("a folder that cannot be made is told as such, so that uploads wait for it", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  const store = new FolderObjectStore({ folder: join(file, "below") });
  await expect(store.put("a", bodyOf(Buffer.from("x")))).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
});

test("what a killed process was receiving is removed after a day", async () => {
  const folder = temporaryFolder();
  const incoming = join(folder, ".mlog-store/incoming");
  mkdirSync(incoming, { recursive: true });
  writeFileSync(join(incoming, "old"), "");
  writeFileSync(join(incoming, "new"), "");
  const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
  utimesSync(join(incoming, "old"), yesterday, yesterday);
  await new FolderObjectStore({ folder }).put("a", bodyOf(Buffer.from("x")));
  expect(existsSync(join(incoming, "old"))).toBe(false);
  expect(existsSync(join(incoming, "new"))).toBe(true);
});
