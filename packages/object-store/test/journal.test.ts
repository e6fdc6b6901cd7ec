import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type JournalRecord, readJournal, UploadJournal } from "../src/staging/upload-journal.ts";
import type { StagedUpload } from "../src/staging/staged-upload.ts";
import { temporaryFolder } from "./temporary-folder.ts";

function stagedUpload(id: string, name = id): StagedUpload {
  const checksums = { crc32: 1, md5: Uint8Array.from(Buffer.from("0123456789abcdef")) };
  return {
    id,
    name,
    overwrite: true,
    time: 1,
    order: 0,
    size: 1,
    checksums,
    parts: [{ size: 1, checksums }],
  };
}

const records = fc.array(
  fc.oneof(
    fc
      .tuple(fc.uuid(), fc.string({ unit: "binary" }))
      .map(([id, name]): JournalRecord => ({ type: "staged", upload: stagedUpload(id, name) })),
    fc.uuid().map((id): JournalRecord => ({ type: "done", id })),
    fc
      .tuple(fc.uuid(), fc.string())
      .map(([id, tag]): JournalRecord => ({ type: "part", id, part: { number: 1, tag, crc32: 2 } })),
  ),
  { maxLength: 10 },
);

test("a journal is read as it was written, cut at any byte too, and can be gone on with", async () => {
  const path = join(temporaryFolder(), "journal.jsonl");
  await fc.assert(
    fc.asyncProperty(records, fc.double({ min: 0, max: 1, noNaN: true }), async (written, share) => {
      writeFileSync(path, "");
      const journal = new UploadJournal(path, () => []);
      await Promise.all(written.map((record) => journal.append(record)));
      await journal.close();
      const all = await Array.fromAsync(readJournal(path));
      expect(all).toEqual(written.map((record) => ({ v: 1, ...record })));
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * share)));
      const kept = await Array.fromAsync(readJournal(path));
      expect(kept).toEqual(all.slice(0, kept.length));
      const next = new UploadJournal(path, () => []);
      await next.append({ type: "done", id: "next" });
      await next.close();
      expect(await Array.fromAsync(readJournal(path))).toEqual([...kept, { v: 1, type: "done", id: "next" }]);
    }),
    { numRuns: 100 },
  );
});

test("no journal is an empty one", async () => {
  expect(await Array.fromAsync(readJournal(join(temporaryFolder(), "none")))).toEqual([]);
});

test("a long journal is written anew with what is live", async () => {
  const path = join(temporaryFolder(), "journal.jsonl");
  const live: JournalRecord = { type: "staged", upload: stagedUpload("live") };
  const journal = new UploadJournal(path, () => [live]);
  const name = "x".repeat(1000);
  for (let n = 0; n < 50; n++) {
    const batch = Array.from({ length: 200 }, (_, index) =>
      journal.append({ type: "staged", upload: stagedUpload(`${n}-${index}`, name) }),
    );
    await Promise.all(batch);
  }
  await journal.close();
  expect(statSync(path).size).toBeLessThan(6 * 1024 * 1024);
  const [first] = await Array.fromAsync(readJournal(path));
  expect(first).toEqual({ v: 1, ...live });
});

test("what cannot be written is told, and what comes after it is not harmed", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "missing", "journal.jsonl");
  const journal = new UploadJournal(path, () => []);
  await expect(journal.append({ type: "done", id: "1" })).rejects.toMatchObject({ code: "ENOENT" });
});
