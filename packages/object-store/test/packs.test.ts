import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Packs } from "../src/staging/packs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const MIB = 1024 * 1024;

test("copies that come together share a file, each at its place", async () => {
  const folder = temporaryFolder();
  const packs = new Packs(folder);
  const copies = Array.from({ length: 100 }, (_, n) => Buffer.alloc(n, n));
  const places = await Promise.all(copies.map((copy) => packs.append(copy)));
  await packs.close();
  expect(readdirSync(folder)).toHaveLength(1);
  for (const [n, { pack, start }] of places.entries())
    expect(readFileSync(join(folder, pack)).subarray(start, start + n)).toEqual(copies[n]);
});

test("a file is removed when it is full and nothing in it is kept any more, and not before", async () => {
  const folder = temporaryFolder();
  const packs = new Packs(folder);
  const first = await packs.append(Buffer.alloc(5 * MIB));
  const second = await packs.append(Buffer.alloc(5 * MIB));
  const third = await packs.append(Buffer.alloc(1));
  expect(second.pack).toBe(first.pack);
  expect(third.pack).not.toBe(first.pack);
  await packs.release(first);
  expect(readdirSync(folder).sort()).toEqual([first.pack, third.pack].sort());
  await packs.release(second);
  expect(readdirSync(folder)).toEqual([third.pack]);
  await packs.release(third);
  await packs.close();
  expect(readdirSync(folder)).toEqual([]);
});

test("that a copy cannot be written is told, and copies after it are not harmed", async () => {
  const packs = new Packs(join(temporaryFolder(), "missing"));
  await expect(packs.append(Buffer.alloc(1))).rejects.toMatchObject({ code: "ENOENT" });
  await expect(packs.append(Buffer.alloc(1))).rejects.toMatchObject({ code: "ENOENT" });
  await packs.close();
});

test("while many bytes wait to be written, no more are read", async () => {
  const packs = new Packs(temporaryFolder());
  const written = Promise.all(Array.from({ length: 6 }, () => packs.append(Buffer.alloc(MIB))));
  let hasRoom = false;
  const room = packs.room().then(() => (hasRoom = true));
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  await Promise.all([written, room]);
  await packs.close();
});
