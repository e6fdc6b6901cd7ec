import { closeSync, openSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { sumParts } from "../src/staging/part-sums.ts";
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
