import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bodyOf, MemoryObjectStore } from "../src/index.ts";
import { stageFile } from "../src/staging/stage-file.ts";
import { readObject, someBytes } from "../src/testing/expectations.ts";
import { EngineHarness } from "./engine-harness.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe.for([
  ["", false],
  ["by a thread of its own, ", true],
] as const)(
  "%swhat cannot be staged is refused with a code, and the others are unharmed",
  ([, hasOwnThread]) => {
    async function refusal(path: string): Promise<string[]> {
      const store = new MemoryObjectStore();
      const harness = new EngineHarness(store, { hasOwnThread });
      await harness.engine.open();
      const bad = harness.upload("bad", { path });
      const good = harness.upload("good", "content");
      await harness.drained();
      expect(harness.fate(good)).toEqual({ staged: 1, uploaded: 1, failed: [] });
      const { staged, failed } = harness.fate(bad);
      expect(staged).toBe(0);
      return failed;
    }

    test("a missing file", async () => {
      expect(await refusal("/no/such/file")).toEqual(["SOURCE_NOT_FOUND"]);
      expect(await refusal(join(process.execPath, "below"))).toEqual(["SOURCE_NOT_FOUND"]);
    });

    test("a folder", async () => {
      expect(await refusal(temporaryFolder())).toEqual(["SOURCE_NOT_A_FILE"]);
    });

    test("a device", async () => {
      expect(await refusal("/dev/zero")).toEqual(["SOURCE_NOT_A_FILE"]);
    });

    test("a pipe that nobody writes to", async ({ skip }) => {
      const pipe = join(temporaryFolder(), "pipe");
      if (spawnSync("sh", ["-c", 'mkfifo "$1"', "sh", pipe]).status !== 0) skip("there is no mkfifo");
      expect(await refusal(pipe)).toEqual(["SOURCE_NOT_A_FILE"]);
    });

    test("an unreadable file", async () => {
      const folder = temporaryFolder();
      const path = join(folder, "secret");
      writeFileSync(path, "content");
      chmodSync(path, 0);
      // The superuser may read everything, but no loop of links.
      if (process.getuid?.() === 0) spawnSync("ln", ["-sf", "secret", path]);
      expect(await refusal(path)).toEqual(["SOURCE_UNREADABLE"]);
    });

    test.for<[string, (path: string) => void]>([
      ["shrinks", (path) => truncateSync(path, 1000)],
      ["grows", (path) => appendFileSync(path, "more")],
      ["is written over", (path) => writeFileSync(path, someBytes(50_000_000, 2))],
    ])("a file that %s while it is being copied", async ([, change]) => {
      const folder = temporaryFolder();
      const path = join(folder, "source");
      writeFileSync(path, someBytes(50_000_000));
      const staging = stageFile(path, join(folder, "copy"), {
        wantsMd5: false,
        partSize: () => 0,
        readUpTo: 0,
        reserve: () => setImmediate(change, path),
        copiesLater: false,
        mayWait: false,
      });
      await expect(staging).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
      expect(readdirSync(folder)).toEqual(["source"]);
    });

    test("a file beyond maxStagedBytes, until there is room again", async () => {
      const harness = new EngineHarness(new MemoryObjectStore(), { maxStagedBytes: 100, hasOwnThread });
      await harness.engine.open();
      const large = harness.upload("large", "x".repeat(101));
      const fits = harness.upload("fits", "x".repeat(100));
      await harness.drained();
      expect(harness.fate(large).failed).toEqual(["STAGING_FULL"]);
      expect(harness.fate(fits).uploaded).toBe(1);
      const later = harness.upload("later", "x".repeat(60));
      await harness.drained();
      expect(harness.fate(later).uploaded).toBe(1);
    });
  },
);

test("the copy is what arrives, whatever becomes of the source once it is staged", async () => {
  const store = new MemoryObjectStore();
  const harness = new EngineHarness(store);
  const path = join(temporaryFolder(), "source");
  writeFileSync(path, "before");
  // Nothing is sent before the engine is open, and everything staged is.
  const opened = harness.engine.open();
  const key = harness.upload("object", { path });
  await harness.engine.flush();
  expect(harness.fate(key).staged).toBe(1);
  writeFileSync(path, "after!");
  await opened;
  await harness.drained();
  expect((await readObject(store, "object")).bytes.toString()).toBe("before");
});

test("checksums of the whole and of its parts are right, whatever the sizes", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "source");
  for (const [size, part] of [
    [0, 0],
    [1, 0],
    [2_500_000, 1_000_000],
    [3_145_728, 1_048_576],
    [3_145_729, 700_001],
  ] as const) {
    const bytes = someBytes(size);
    writeFileSync(path, bytes);
    const copy = join(folder, "copy");
    const file = await stageFile(path, copy, {
      wantsMd5: true,
      partSize: () => part,
      readUpTo: 1,
      reserve: () => undefined,
      copiesLater: false,
      mayWait: false,
    });
    expect((file.bytes ?? readFileSync(copy)).equals(bytes)).toBe(true);
    expect(file.size).toBe(size);
    expect(file.checksums.crc32).toBe(crc32(bytes));
    const pieces =
      part === 0
        ? []
        : Array.from({ length: Math.ceil(size / part) }, (_, n) => bytes.subarray(n * part, (n + 1) * part));
    expect(file.parts).toEqual(
      pieces.map((piece) => ({ size: piece.length, checksums: bodyOf(piece).checksums })),
    );
    if (part === 0) expect(file.checksums.md5).toEqual(bodyOf(bytes).checksums.md5);
  }
});

test("a copy that was damaged on disk is found, and not sent", async () => {
  const store = new MemoryObjectStore();
  const first = new EngineHarness(store, { concurrency: 1 });
  await first.engine.open();
  await first.engine.close();
  const [folder] = readdirSync(first.staging);
  // A session that another process left, with a copy that is not what it was.
  const left = join(first.staging, folder!, "free-0123456789ab");
  mkdirSync(left);
  const upload = {
    id: "a1",
    name: "damaged",
    overwrite: false,
    time: 1,
    order: 0,
    size: 4,
    checksums: { crc32: crc32("good") },
    parts: [],
  };
  writeFileSync(join(left, "journal.jsonl"), `${JSON.stringify({ v: 1, type: "staged", upload })}\n`);
  const copy = await open(join(left, "a1"), "w");
  await copy.writeFile("evil");
  await copy.close();
  const second = new EngineHarness(store, { stagingFolder: first.staging });
  expect((await second.engine.open()).left).toBe(1);
  await second.drained();
  expect(second.fate(-1)).toEqual({ staged: 0, uploaded: 0, failed: ["STAGED_COPY_DAMAGED"] });
  expect(await Array.fromAsync(store.list(""))).toEqual([]);
});
