import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
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
import { type ChecksumAlgorithm, type Checksums, MemoryObjectStore } from "../src/index.ts";
import { RunningSum } from "../src/staging/checksums.ts";
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
        checksum: "crc32",
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

/** CRC-64/NVME, bit by bit. */
function crc64Nvme(bytes: Uint8Array): Uint8Array {
  let sum = 2n ** 64n - 1n;
  for (const byte of bytes) {
    sum ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) sum = (sum >> 1n) ^ ((sum & 1n) * 0x9a6c9329ac4bc9b5n);
  }
  const result = Buffer.alloc(8);
  result.writeBigUInt64BE(sum ^ (2n ** 64n - 1n));
  return Uint8Array.from(result);
}

test("the checksum for Azure, and for S3 if it is asked, is the CRC-64/NVME of the catalogues", async () => {
  const checkValue = Uint8Array.of(0xae, 0x8b, 0x14, 0x86, 0x0a, 0x79, 0x98, 0x88);
  expect(crc64Nvme(Buffer.from("123456789"))).toEqual(checkValue);
  const sums = await Promise.all(
    Array.from({ length: 3 }, async (_, index) => {
      const sum = await RunningSum.start("crc64nvme");
      // Several at a time do not disturb each other.
      for (const digit of "123456789") {
        sum.add(Buffer.from(index === 2 ? "0" : digit));
        await Promise.resolve();
      }
      return sum.result().checksums.crc64nvme;
    }),
  );
  expect(sums).toEqual([checkValue, checkValue, crc64Nvme(Buffer.from("000000000"))]);
});

test.for<ChecksumAlgorithm>(["crc32", "md5", "crc64nvme"])(
  "checksums of the whole and of its parts are right, whatever the sizes: %s",
  async (checksum) => {
    const folder = temporaryFolder();
    const path = join(folder, "source");
    const sumsOf = (bytes: Uint8Array): Checksums => ({
      crc32: crc32(bytes),
      ...(checksum === "md5" && { md5: Uint8Array.from(createHash("md5").update(bytes).digest()) }),
      ...(checksum === "crc64nvme" && { crc64nvme: crc64Nvme(bytes) }),
    });
    for (const [size, part] of [
      [0, 0],
      [1, 0],
      [2_500, 1_000],
      [6_000, 2_000],
      [1_500_001, 700_001],
    ] as const) {
      const bytes = someBytes(size);
      writeFileSync(path, bytes);
      const copy = join(folder, "copy");
      const file = await stageFile(path, copy, {
        checksum,
        partSize: () => part,
        readUpTo: 1,
        reserve: () => undefined,
        copiesLater: false,
        mayWait: false,
      });
      expect((file.bytes ?? readFileSync(copy)).equals(bytes)).toBe(true);
      expect(file.size).toBe(size);
      expect(file.checksums.crc32).toBe(crc32(bytes));
      const pieces = Array.from({ length: part === 0 ? 0 : Math.ceil(size / part) }, (_, n) =>
        bytes.subarray(n * part, (n + 1) * part),
      );
      expect(file.parts).toEqual(pieces.map((piece) => ({ size: piece.length, checksums: sumsOf(piece) })));
      if (part === 0) expect(file.checksums).toEqual(sumsOf(bytes));
    }
  },
);

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
