import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { bodyOf } from "../object-body.ts";
import type { ContractContext } from "./contract-context.ts";
import { assertRejects, readObject, someBytes } from "./expectations.ts";

/** That objects are kept as they were put, and read in whole and in part. */
export function objectTests({ test, store: open, capabilities }: ContractContext): void {
  const folder = "contract/objects";

  test("an object is read as it was put, with its type and metadata", async () => {
    const store = await open();
    const bytes = someBytes(100_000);
    const metadata = { mlogupload: "0f3a", text: "a b=c; d~" };
    await store.put(`${folder}/a`, bodyOf(bytes), { contentType: "application/jsonl", metadata });
    const { bytes: read, info } = await readObject(store, `${folder}/a`);
    assert.ok(read.equals(bytes));
    for (const said of [info, await store.head(`${folder}/a`)]) {
      assert.equal(said.name, `${folder}/a`);
      assert.equal(said.size, 100_000);
      assert.equal(said.contentType, "application/jsonl");
      for (const [key, value] of Object.entries(metadata)) assert.equal(said.metadata[key], value);
    }
  });

  test("an object without bytes is an object", async () => {
    const store = await open();
    await store.put(`${folder}/empty`, bodyOf(Buffer.alloc(0)), { metadata: { key: "value" } });
    const { bytes, info } = await readObject(store, `${folder}/empty`);
    assert.equal(bytes.length, 0);
    assert.equal(info.size, 0);
    assert.equal(info.metadata["key"], "value");
  });

  test("an object that is put again has new bytes, metadata and version", async () => {
    const store = await open();
    const name = `${folder}/again`;
    await store.put(name, bodyOf(someBytes(10, 1)), { metadata: { first: "1" } });
    const before = await store.head(name);
    await store.put(name, bodyOf(someBytes(20, 2)));
    const { bytes, info } = await readObject(store, name);
    assert.ok(bytes.equals(someBytes(20, 2)));
    assert.notEqual(info.version, before.version);
    assert.equal(info.metadata["first"], undefined);
    await assertRejects(store.get(name, { ifVersion: before.version }), "OBJECT_CHANGED");
    assert.equal((await readObject(store, name, { ifVersion: info.version })).bytes.length, 20);
  });

  test("a range is given, an end behind the last byte means the last, and an empty one is refused", async () => {
    const store = await open();
    const bytes = someBytes(5000);
    const name = `${folder}/range`;
    await store.put(name, bodyOf(bytes));
    for (const [start, end] of [
      [0, 1],
      [0, 5000],
      [17, 4000],
      [4999, 5000],
      [4000, 9000],
    ] as const) {
      const { bytes: read, info } = await readObject(store, name, { range: { start, end } });
      assert.ok(read.equals(bytes.subarray(start, end)), `${start} to ${end}`);
      assert.equal(info.size, 5000, "the size is that of the whole object");
    }
    await assertRejects(store.get(name, { range: { start: 5000, end: 5001 } }), "INVALID_RANGE");
  });

  test("a part of a file is put, in one request or as it fits", async () => {
    const store = await open();
    const bytes = someBytes(3 * 1024 * 1024 + 7);
    await withFile(bytes, async (path) => {
      const [start, end] = [1000, bytes.length - 1000];
      const range = bytes.subarray(start, end);
      await store.put(`${folder}/file`, { ...bodyOf(range), source: { path, start, end } });
      assert.ok((await readObject(store, `${folder}/file`)).bytes.equals(range));
    });
  });

  test(`an object of ${capabilities.largest} bytes arrives`, async () => {
    const store = await open();
    const size = Math.min(capabilities.largest, store.maxPutSize ?? Infinity);
    await withFile(Buffer.alloc(0), async (path) => {
      await truncate(path, size);
      const checksum = crc32OfZeros(size);
      const body = { source: { path, start: 0, end: size }, size, checksums: { crc32: checksum } };
      // A store that wants MD5 as well does without where it is not given.
      await store.put(`${folder}/large`, body);
      assert.equal((await store.head(`${folder}/large`)).size, size);
      const { bytes } = await readObject(store, `${folder}/large`, { range: { start: size - 3, end: size } });
      assert.deepEqual([...bytes], [0, 0, 0]);
      await store.delete(`${folder}/large`);
    });
  });

  test("a body can be left before its end", async () => {
    const store = await open();
    await store.put(`${folder}/left`, bodyOf(someBytes(2_000_000)));
    for await (const chunk of (await store.get(`${folder}/left`)).body) {
      assert.ok(chunk.length > 0);
      break;
    }
    assert.equal((await readObject(store, `${folder}/left`)).bytes.length, 2_000_000);
  });

  test("an object is gone once deleted, and deleting none is no error", async () => {
    const store = await open();
    const name = `${folder}/deleted`;
    await store.put(name, bodyOf(someBytes(3)));
    await store.delete(name);
    await assertRejects(store.head(name), "OBJECT_NOT_FOUND");
    await assertRejects(store.get(name), "OBJECT_NOT_FOUND");
    await store.delete(name);
    await store.delete(`${folder}/never/there`);
  });

  test("the URI of an object begins with that of the store and has no query", async () => {
    const store = await open();
    assert.ok(store.uri("a/b").startsWith(store.uri("")));
    assert.ok(store.uri("a/b").endsWith("a/b"));
    assert.match(store.uri(""), /^[a-z0-9+.-]+:/);
    assert.doesNotMatch(store.uri("a/b"), /\?/);
  });
}

async function withFile(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mlog-contract-"));
  try {
    const path = join(folder, "file");
    await writeFile(path, bytes);
    await use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function crc32OfZeros(size: number): number {
  const zeros = Buffer.alloc(1024 * 1024);
  let sum = 0;
  for (let at = 0; at < size; at += zeros.length) sum = crc32(zeros.subarray(0, size - at), sum);
  return sum;
}
