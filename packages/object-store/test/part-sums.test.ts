import { execFileSync } from "node:child_process";
import { closeSync, openSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { sumParts } from "../src/staging/part-sums.ts";
import type { StagedFile } from "../src/staging/staged-upload.ts";
import { someBytes } from "../src/testing/expectations.ts";
import { temporaryFolder } from "./temporary-folder.ts";

function openFile(bytes: Uint8Array): { path: string; file: number } {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, bytes);
  return { path, file: openSync(path, "r") };
}

test("the sums of the parts and of the whole are those of the bytes, whatever the sizes", async () => {
  const sizes = fc.record({
    size: fc.integer({ min: 1, max: 3_000_000 }),
    parts: fc.integer({ min: 1, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(sizes, async ({ size, parts: count }) => {
      const bytes = someBytes(size, count);
      const { file } = openFile(bytes);
      const partSize = Math.ceil(size / count);
      const sums = await sumParts({ file, size, partSize, algorithm: "crc32" });
      closeSync(file);
      const pieces = Array.from({ length: Math.ceil(size / partSize) }, (_, index) =>
        bytes.subarray(index * partSize, (index + 1) * partSize),
      );
      expect(sums).toEqual({
        size,
        checksums: { crc32: crc32(bytes) },
        parts: pieces.map((piece) => ({ size: piece.length, checksums: { crc32: crc32(piece) } })),
      });
    }),
    { numRuns: 10 },
  );
});

test("a file that has shrunk gives as many bytes as it has", async () => {
  const { path, file } = openFile(someBytes(100_000));
  onTestFinished(() => closeSync(file));
  truncateSync(path, 25_000);
  const sums = await sumParts({ file, size: 100_000, partSize: 10_000, algorithm: "md5" });
  expect(sums.size).toBe(25_000);
  expect(sums.checksums.crc32).toBe(crc32(someBytes(100_000).subarray(0, 25_000)));
});

test("a file that cannot be read is told with the error of the system", async () => {
  const folder = openSync(temporaryFolder(), "r");
  onTestFinished(() => closeSync(folder));
  const sums = sumParts({ file: folder, size: 100_000, partSize: 10_000, algorithm: "crc64nvme" });
  await expect(sums).rejects.toMatchObject({ code: "EISDIR", syscall: "read" });
});

const PART = 32 * 1024 * 1024;

/** A file that is worth several threads, with another number at the beginning of each part, and what it adds up to. */
function openLarge(): { path: string; file: number; expected: StagedFile } {
  const bytes = Buffer.alloc(2 * PART + 1_000_000);
  const pieces = [0, 1, 2].map((index) => bytes.subarray(index * PART, (index + 1) * PART));
  for (const [index, piece] of pieces.entries()) piece[0] = index + 1;
  const parts = pieces.map((piece) => ({ size: piece.length, checksums: { crc32: crc32(piece) } }));
  return { ...openFile(bytes), expected: { size: bytes.length, checksums: { crc32: crc32(bytes) }, parts } };
}

test("however many files come at once, four threads at most sum them up", async () => {
  let [now, most] = [0, 0];
  const count = (worker: Worker): void => {
    most = Math.max(most, ++now);
    worker.on("exit", () => now--);
  };
  process.on("worker", count);
  onTestFinished(() => void process.off("worker", count));
  const { file, expected } = openLarge();
  onTestFinished(() => closeSync(file));
  const { size } = expected;
  const sums = Array.from({ length: 6 }, () => sumParts({ file, size, partSize: PART, algorithm: "crc32" }));
  expect(await Promise.all(sums)).toEqual(sums.map(() => expected));
  expect([now, most]).toEqual([0, 4]);
});

test("where no thread can be started, the calling one sums up", () => {
  const { path, file, expected } = openLarge();
  closeSync(file);
  const child = join(import.meta.dirname, "children/sum-up.ts");
  // Node refuses to start threads then.
  const flags = ["--permission", "--allow-fs-read=*", "--conditions=@mlog/source"];
  const args = [...flags, child, path, String(expected.size)];
  expect(JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }))).toEqual(expected);
});
