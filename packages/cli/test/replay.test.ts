import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { image } from "@mlog/core";
import { readRun, type RunRecord } from "@mlog/file";
import { expect, test } from "vitest";
import { mlog, openRun, temporaryFolder, writeRun } from "./mlog.ts";

/** All records but what says who wrote them. */
async function records(path: string): Promise<unknown[]> {
  const all: RunRecord[] = [];
  for await (const record of readRun(path)) all.push(record);
  return all.map((record) => (record.type === "start" ? { ...record, versions: {} } : record));
}

function bySeq(a: object, b: object): number {
  return (a as { seq: number }).seq - (b as { seq: number }).seq;
}

test("into a second file gives the same records", async () => {
  const root = temporaryFolder();
  const path = await writeRun(root, "run");
  const { code, stdout } = await mlog("replay", path, "--to", `file:${join(root, "copy")}`);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^22 records replayed, 0 skipped/);
  expect(await records(join(root, "copy", "run"))).toEqual(await records(path));
});

test("pictures, masks and tables of pictures are the same, to the byte", async () => {
  const root = temporaryFolder();
  const { logger } = openRun(root, "run");
  const pixels = Uint8Array.from({ length: 2 * 3 * 8 * 8 }, (_, i) => i);
  const masks = { truth: { data: Uint8Array.from({ length: 2 * 64 }, (_, i) => i % 3), shape: [2, 8, 8] } };
  logger.logImages(
    { data: pixels, shape: [2, 3, 8, 8] },
    { name: "scenes", masks, maskClassLabels: { 1: "road" } },
  );
  logger.logTable(["picture"], [[image({ data: pixels.subarray(0, 64), shape: [8, 8] })]], {
    name: "digits",
  });
  await logger.close();
  expect(await mlog("replay", join(root, "run"), "--to", `file:${join(root, "copy")}`)).toMatchObject({
    code: 0,
  });
  // Where a record with pictures stands depends on when they were stored; its seq does not.
  const inOrder = async (path: string): Promise<unknown[]> =>
    (await records(path)).map((each) => ({ ...(each as object), next: undefined })).sort(bySeq);
  expect(await inOrder(join(root, "copy", "run"))).toEqual(await inOrder(join(root, "run")));
  expect(readdirSync(join(root, "copy", "run", "media")).sort()).toEqual(
    readdirSync(join(root, "run", "media")).sort(),
  );
});

test("goes to several targets at once, under another name, and all ranks keep theirs", async () => {
  const root = temporaryFolder();
  const ranks = { worldSize: 2, localWorldSize: 2 };
  for (const rank of [0, 1]) {
    const { logger } = openRun(root, "run", { run: { ranks: { ...ranks, rank, localRank: rank } } });
    logger.logMetrics({ rank });
    await logger.close();
  }
  const args = [
    "--to",
    `file:${join(root, "one")}`,
    "--to",
    `file:${join(root, "two")}`,
    "--run-name",
    "again",
  ];
  expect(await mlog("replay", join(root, "run"), ...args)).toMatchObject({ code: 0 });
  for (const copy of ["one", "two"]) {
    const metrics = (await records(join(root, copy, "again"))).filter(
      (each) => (each as RunRecord).type === "metrics",
    );
    expect(metrics).toMatchObject([
      { rank: 0, metrics: { rank: 0 } },
      { rank: 1, metrics: { rank: 1 } },
    ]);
  }
});

test("to the destinations that a config makes", async () => {
  const root = temporaryFolder();
  const path = await writeRun(root, "run");
  const config = join(root, "config.mjs");
  const out = join(root, "seen.json");
  writeFileSync(
    config,
    `import { readdirSync, writeFileSync } from "node:fs";
     export default (rank, state) => {
       let calls = 0;
       return { name: "own", specVersion: 1, logMetrics() { calls++; },
         async close() { writeFileSync(${JSON.stringify(out)}, JSON.stringify({ rank, run: state.runName, calls })); } };
     };`,
  );
  expect(await mlog("replay", path, "--config", config)).toMatchObject({ code: 0 });
  expect(await import(out, { with: { type: "json" } })).toMatchObject({
    default: { rank: 0, run: "run", calls: 12 },
  });
});

test.each([
  [[], 2, "say where to"],
  [["--to", "carrier-pigeon"], 2, "mlog replay --help"],
  [["--to", "file"], 2, "file:FOLDER"],
  [["--config", "none.mjs"], 2, "cannot be loaded"],
])("%j is refused", async (args, code, text) => {
  const path = await writeRun(temporaryFolder(), "run");
  expect(await mlog("replay", path, ...args)).toMatchObject({
    code,
    stderr: expect.stringContaining(text) as string,
  });
});
