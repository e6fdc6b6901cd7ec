import { mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { findUploads, finishUploads, MemoryObjectStore, ObjectStoreError } from "../src/index.ts";
import { Session } from "../src/staging/session.ts";
import { lifeOf, ownerOf, ownName } from "../src/staging/owner.ts";
import { ChaosObjectStore } from "../src/testing/index.ts";
import { readObject } from "../src/testing/expectations.ts";
import { EngineHarness } from "./engine-harness.ts";
import { FakeClock } from "./fake-clock.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A store that takes objects of up to a million bytes at once. */
function smallPartsStore(): MemoryObjectStore {
  return new MemoryObjectStore({ maxPutSize: 1_000_000, minPartSize: 1, maxPartSize: 1_000_000 });
}

/** A staging folder in which an engine that has closed left uploads. */
async function leaveUploads(names: readonly string[], overwrite = false, content = ""): Promise<string> {
  const down = new ChaosObjectStore(
    smallPartsStore(),
    () => new ObjectStoreError("STORE_UNAVAILABLE", "503"),
  );
  const harness = new EngineHarness(down, { stagingFolder: temporaryFolder() });
  await harness.engine.open();
  for (const name of names) harness.upload(name, content || name, overwrite);
  await harness.engine.flush();
  await harness.engine.close();
  return harness.staging;
}

test("the next engine finishes what one before it left", async () => {
  const stagingFolder = await leaveUploads(["a", "b"]);
  const store = new MemoryObjectStore();
  const harness = new EngineHarness(store, { stagingFolder });
  expect((await harness.engine.open()).left).toBe(2);
  await harness.drained();
  expect(harness.objects.map(({ name }) => name).sort()).toEqual(["a", "b"]);
  await harness.engine.close();
  expect(await findUploads(stagingFolder)).toEqual([]);
});

test("an upload that is handed over now replaces one of its name that was left", async () => {
  const stagingFolder = await leaveUploads(["latest"], true, "old");
  const store = new MemoryObjectStore();
  const harness = new EngineHarness(store, { stagingFolder });
  const opened = harness.engine.open();
  harness.upload("latest", "new", true);
  await opened;
  await harness.drained();
  expect((await readObject(store, "latest")).bytes.toString()).toBe("new");
});

/** Makes what was left look like that of a process of another machine. */
async function makeForeign(stagingFolder: string): Promise<{ folder: string; session: string }> {
  const [found] = await findUploads(stagingFolder);
  const { folder } = found!;
  const [left] = readdirSync(folder).filter((name) => name.startsWith("free-"));
  const session = join(folder, "00000000-00000000-1-1-0123");
  renameSync(join(folder, left!), session);
  return { folder, session };
}

test("uploads are found and finished without a logger, each once, whoever else tries", async () => {
  const stagingFolder = await leaveUploads(["a", "b", "c"]);
  const [found] = await findUploads(stagingFolder);
  expect(found).toMatchObject({ uri: "memory://memory/" });
  const store = new MemoryObjectStore();
  const results = await Promise.all([
    finishUploads(found!.folder, store),
    finishUploads(found!.folder, store),
  ]);
  expect(results.reduce((sum, { uploaded }) => sum + uploaded, 0)).toBe(3);
  expect(results.reduce((sum, { failed, pending }) => sum + failed + pending, 0)).toBe(0);
  expect(await Array.fromAsync(store.list(""))).toHaveLength(3);
});

test.for([
  ["in one request", 10],
  ["in one request that is asked for before", 300_000],
  ["in parts", 3_000_000],
] as const)(
  "an upload that was left does not replace a later one that another process has brought, %s",
  async ([, size]) => {
    const stagingFolder = await leaveUploads(["latest", "other"], true, "old".padEnd(size));
    const leftAt = Date.now();
    const store = smallPartsStore();
    const elsewhere = new EngineHarness(store);
    await elsewhere.engine.open();
    // Not within the same millisecond.
    await vi.waitUntil(() => Date.now() > leftAt);
    elsewhere.upload("latest", "new".padEnd(size), true);
    await elsewhere.drained();
    const [found] = await findUploads(stagingFolder);
    const errors: unknown[] = [];
    const result = await finishUploads(found!.folder, store, { onError: (error) => errors.push(error) });
    expect(result).toEqual({ uploaded: 1, failed: 1, pending: 0 });
    expect(errors).toEqual([expect.objectContaining({ code: "UPLOAD_SUPERSEDED" })]);
    const contents = ["latest", "other"].map(async (name) =>
      (await readObject(store, name)).bytes.toString(),
    );
    expect((await Promise.all(contents)).map((text) => text.trimEnd())).toEqual(["new", "old"]);
    expect(await store.multipart.list("latest")).toEqual([]);
    expect(await findUploads(stagingFolder)).toEqual([]);
  },
);

test("uploads for another store are refused", async () => {
  const stagingFolder = await leaveUploads(["a"]);
  const [found] = await findUploads(stagingFolder);
  const other = new MemoryObjectStore({ name: "other" });
  await expect(finishUploads(found!.folder, other)).rejects.toMatchObject({ code: "STAGING_OF_OTHER_STORE" });
});

test("finishing can be ended, and what has not arrived still waits", async () => {
  const stagingFolder = await leaveUploads(["a"]);
  const [found] = await findUploads(stagingFolder);
  const hanging = new ChaosObjectStore(new MemoryObjectStore(), () => {
    controller.abort();
    return "hang";
  });
  const controller = new AbortController();
  const result = await finishUploads(found!.folder, hanging, { signal: controller.signal });
  expect(result).toEqual({ uploaded: 0, failed: 0, pending: 1 });
  expect(await finishUploads(found!.folder, new MemoryObjectStore())).toEqual({
    uploaded: 1,
    failed: 0,
    pending: 0,
  });
});

test("what a process that is alive is working on stays with it", async () => {
  const stagingFolder = await leaveUploads(["a"]);
  const [found] = await findUploads(stagingFolder);
  const [session] = readdirSync(found!.folder).filter((name) => name.startsWith("free-"));
  renameSync(join(found!.folder, session!), join(found!.folder, ownName()));
  const store = new MemoryObjectStore();
  expect(await finishUploads(found!.folder, store)).toEqual({ uploaded: 0, failed: 0, pending: 0 });
});

test("a process is known by its machine, boot, number and beginning", () => {
  const own = ownerOf(ownName())!;
  expect(lifeOf(own)).toBe("alive");
  expect(lifeOf({ ...own, boot: "00000000" })).toBe("dead");
  expect(lifeOf({ ...own, machine: "00000000" })).toBe("unknown");
  expect(lifeOf({ ...own, started: "1" })).toBe("dead");
  expect(lifeOf({ ...own, pid: 2 ** 22 + 1 })).toBe("dead");
  expect(ownerOf("free-0123")).toBeUndefined();
});

test("of a process of another machine only its heart tells", async () => {
  const stagingFolder = await leaveUploads(["a"]);
  const { folder, session } = await makeForeign(stagingFolder);
  const store = new MemoryObjectStore();
  utimesSync(session, new Date(), new Date(Date.now() - 100_000));
  expect((await finishUploads(folder, store)).uploaded).toBe(0);
  utimesSync(session, new Date(), new Date(Date.now() - 130_000));
  expect((await finishUploads(folder, store)).uploaded).toBe(1);
});

test("a process lives by the clock of the file system, whatever its own says, from the beginning on", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval"], now: Date.now() - 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  const folder = temporaryFolder();
  const path = join(folder, "session");
  const session = await Session.make(path);
  const alone = join(folder, "another");
  mkdirSync(alone);
  const first = (await Session.lastBeat(path))!;
  expect(first).toBeGreaterThanOrEqual((await Session.lastBeat(alone))! - 10_000);
  utimesSync(join(path, "heart"), new Date(), new Date());
  expect(await Session.lastBeat(path)).toBeLessThan(first - 3_000_000);
  vi.advanceTimersToNextTimer();
  while ((await Session.lastBeat(path))! < first) await stat(path);
  await session.release();
  expect(await Session.lastBeat(path)).toBeUndefined();
});

test("a process that starts before another, in another container, counts as dead finishes its uploads later", async () => {
  const stagingFolder = await leaveUploads(["a"]);
  const { folder, session } = await makeForeign(stagingFolder);
  const clock = new FakeClock();
  const harness = new EngineHarness(new MemoryObjectStore(), { stagingFolder }, clock);
  expect((await harness.engine.open()).left).toBe(0);
  utimesSync(session, new Date(), new Date(Date.now() - 130_000));
  const begun = clock.now();
  await clock.runUntil(harness.news(), () => false);
  expect(clock.now() - begun).toBeGreaterThanOrEqual(120_000);
  expect(harness.objects.map(({ name }) => name)).toEqual(["a"]);
  await harness.engine.close();
  expect(readdirSync(folder)).toEqual(["store.json"]);
});

test("a folder without a journal, as a process killed at its beginning leaves it, is cleared away", async () => {
  const stagingFolder = await leaveUploads(["a"]);
  const [found] = await findUploads(stagingFolder);
  const empty = join(found!.folder, "free-000000000000");
  mkdirSync(empty);
  writeFileSync(join(empty, "0123"), "a copy that was not complete");
  await finishUploads(found!.folder, new MemoryObjectStore());
  expect(readdirSync(found!.folder)).toEqual(["store.json"]);
});
