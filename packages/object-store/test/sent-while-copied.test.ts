import { appendFileSync, cpSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryObjectStore } from "../src/index.ts";
import { combineCrc32 } from "../src/staging/checksums.ts";
import { ChaosObjectStore, type ChaosRequest, type Fault } from "../src/testing/index.ts";
import { readObject, someBytes } from "../src/testing/expectations.ts";
import { EngineHarness } from "./engine-harness.ts";
import { FakeClock } from "./fake-clock.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Large enough to be sent before it is copied, at a clock that stands still. */
const BYTES = someBytes(3_000_000, 1);

interface Setting {
  readonly inner: MemoryObjectStore;
  readonly store: ChaosObjectStore;
  readonly harness: EngineHarness;
  readonly clock: FakeClock;
  readonly path: string;
}

/** An engine whose store takes objects of more than a million bytes in parts, and a file of three million. */
async function setUp(
  decide: (request: ChaosRequest) => Fault | undefined = () => undefined,
): Promise<Setting> {
  const inner = new MemoryObjectStore({
    maxPutSize: 1_000_000,
    minPartSize: 400_000,
    maxPartSize: 500_000,
  });
  const store = new ChaosObjectStore(inner, decide);
  const clock = new FakeClock();
  const harness = new EngineHarness(store, { stagingFolder: temporaryFolder() }, clock);
  await harness.engine.open();
  const path = join(temporaryFolder(), "checkpoint");
  writeFileSync(path, BYTES);
  return { inner, store, harness, clock, path };
}

function inStaging({ harness: { staging } }: Setting): string[] {
  const [folder] = readdirSync(staging);
  return readdirSync(join(staging, folder!));
}

test("a file that arrives before it is copied needs no copy, and is staged then", async () => {
  const setting = await setUp();
  const { harness, inner, path } = setting;
  const key = harness.upload("object", { path });
  await harness.drained();
  expect(harness.fate(key)).toEqual({ staged: 1, uploaded: 1, failed: [] });
  expect((await readObject(inner, "object")).bytes.equals(BYTES)).toBe(true);
  expect(await inner.multipart.list("object")).toEqual([]);
  await harness.engine.close();
  expect(inStaging(setting)).toEqual(["store.json"]);
});

test("a file is staged once it is copied, though the store answers nothing, and the copy arrives", async () => {
  let hangs = true;
  const setting = await setUp(({ method }) => (hangs && method === "putPart" ? "hang" : undefined));
  const { harness, inner, store, clock, path } = setting;
  const key = harness.upload("object", { path });
  await clock.runUntil(harness.engine.flush(), () => store.acting > 0);
  expect(harness.fate(key)).toEqual({ staged: 1, uploaded: 0, failed: [] });
  writeFileSync(path, "something else");
  hangs = false;
  await clock.runUntil(harness.drained(), () => store.acting > 0);
  expect(harness.fate(key)).toEqual({ staged: 1, uploaded: 1, failed: [] });
  expect((await readObject(inner, "object")).bytes.equals(BYTES)).toBe(true);
  await harness.engine.close();
  expect(inStaging(setting)).toEqual(["store.json"]);
});

test.for<[string, (path: string) => void]>([
  ["deleted", (path) => rmSync(path)],
  [
    "replaced by another",
    (path) => {
      writeFileSync(`${path}.new`, someBytes(BYTES.length, 2));
      renameSync(`${path}.new`, path);
    },
  ],
])("a file that is %s while it is sent arrives as it was handed over", async ([, change]) => {
  const setting = await setUp(({ method }) => {
    if (method === "start") change(setting.path);
    return undefined;
  });
  const { harness, inner, store, clock, path } = setting;
  const key = harness.upload("object", { path });
  await clock.runUntil(harness.drained(), () => store.acting > 0);
  expect(harness.fate(key)).toEqual({ staged: 1, uploaded: 1, failed: [] });
  expect((await readObject(inner, "object")).bytes.equals(BYTES)).toBe(true);
});

test("a file that is written to while it is sent is refused, and leaves nothing here and there", async () => {
  let parts = 0;
  const setting = await setUp(({ method }) => {
    if (method === "putPart" && ++parts === 3) appendFileSync(setting.path, "more");
    return undefined;
  });
  const { harness, inner, path } = setting;
  const key = harness.upload("object", { path });
  await harness.drained();
  expect(harness.fate(key)).toEqual({ staged: 0, uploaded: 0, failed: ["SOURCE_CHANGED"] });
  await expect(inner.head("object")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  expect(await inner.multipart.list("object")).toEqual([]);
  await harness.engine.close();
  expect(inStaging(setting)).toEqual(["store.json"]);
});

/** Makes sure that nothing can be copied to where the engine wants it. */
function spoilStaging(setting: Setting): void {
  const { staging } = setting.harness;
  const [folder] = readdirSync(staging);
  const [session] = inStaging(setting).filter((name) => name !== "store.json");
  rmSync(join(staging, folder!, session!), { recursive: true });
}

/** A file that is being sent to a store which does not answer, and cannot be copied. */
async function setUpUncopied(): Promise<Setting & { key: number }> {
  const { promise: isSending, resolve: tellSending } = Promise.withResolvers<void>();
  const setting = await setUp(({ method }) => {
    if (method !== "putPart") return undefined;
    tellSending();
    return "hang";
  });
  const { harness, path } = setting;
  const key = harness.upload("object", { path });
  await isSending;
  spoilStaging(setting);
  return { ...setting, key };
}

test("a file that cannot be copied is refused when the attempt to send it fails", async () => {
  const { harness, inner, store, clock, key } = await setUpUncopied();
  await clock.runUntil(harness.drained(), () => store.acting > 0);
  expect(harness.fate(key)).toEqual({ staged: 0, uploaded: 0, failed: ["STAGING_FAILED"] });
  expect(await inner.multipart.list("object")).toEqual([]);
});

test("a file that cannot be copied arrives if the attempt to send it succeeds", async () => {
  const setting = await setUp(({ method }) => {
    if (method === "putPart") tellSending();
    return undefined;
  });
  const { promise: isSending, resolve: tellSending } = Promise.withResolvers<void>();
  const { promise: mayArrive, resolve: letArrive } = Promise.withResolvers<void>();
  const { harness, inner, clock, path } = setting;
  const putPart = inner.multipart.putPart.bind(inner.multipart);
  inner.multipart.putPart = async (...request) => {
    await mayArrive;
    return putPart(...request);
  };
  const key = harness.upload("object", { path });
  await isSending;
  spoilStaging(setting);
  const drained = harness.drained();
  // The copy is begun, and fails; the store takes its time.
  await clock.runFor(1000, () => false);
  letArrive();
  await clock.runUntil(drained, () => true);
  expect(harness.fate(key)).toEqual({ staged: 1, uploaded: 1, failed: [] });
  expect((await readObject(inner, "object")).bytes.equals(BYTES)).toBe(true);
});

test("a file that cannot be copied holds up no closing", async () => {
  const { harness, clock, key } = await setUpUncopied();
  await clock.runFor(1000, () => false);
  await harness.engine.close().catch(() => undefined);
  expect(harness.fate(key).uploaded).toBe(0);
});

test("what a killed process sent of a file that it had not staged is dropped by the next one", async () => {
  const { promise: isSending, resolve: tellSending } = Promise.withResolvers<void>();
  const setting = await setUp(({ method, index }) => {
    if (method !== "putPart") return undefined;
    if (index > 5) tellSending();
    return index > 3 ? "hang" : undefined;
  });
  const { harness, inner, path } = setting;
  harness.upload("object", { path });
  await isSending;
  expect(await inner.multipart.list("object")).toHaveLength(1);
  const [folder] = readdirSync(harness.staging);
  const [session] = inStaging(setting).filter((name) => name !== "store.json");
  const stagingFolder = temporaryFolder();
  cpSync(join(harness.staging, folder!, session!), join(stagingFolder, folder!, "free-0123456789ab"), {
    recursive: true,
  });
  const next = new EngineHarness(inner, { stagingFolder });
  expect((await next.engine.open()).left).toBe(0);
  await next.drained();
  expect(next.fates.size).toBe(0);
  expect(await inner.multipart.list("object")).toEqual([]);
  await expect(inner.head("object")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  await next.engine.close();
  expect(readdirSync(join(stagingFolder, folder!))).toEqual(["store.json"]);
});

test("a later upload of the name arrives last, however much longer an earlier one takes", async () => {
  const { harness, inner, store, clock, path } = await setUp();
  const early = harness.upload("object", { path }, true);
  const late = harness.upload("object", "late", true);
  await clock.runUntil(harness.drained(), () => store.acting > 0);
  expect(harness.fate(late)).toEqual({ staged: 1, uploaded: 1, failed: [] });
  expect(harness.fate(early).uploaded + harness.fate(early).failed.length).toBe(1);
  expect((await readObject(inner, "object")).bytes.toString()).toBe("late");
});

test("an upload that is staged is not given up for a later one that is not", async () => {
  let isDown = true;
  const setting = await setUp(() => (isDown ? new Error("down") : undefined));
  const { harness, inner, store, clock, path } = setting;
  const first = harness.upload("object", "first", true);
  await harness.engine.flush();
  const later = harness.upload("object", { path }, true);
  await clock.runUntil(harness.engine.flush(), () => store.acting > 0);
  expect(harness.fate(later).staged).toBe(1);
  expect(harness.fate(first)).toEqual({ staged: 1, uploaded: 0, failed: ["UPLOAD_SUPERSEDED"] });
  isDown = false;
  await clock.runUntil(harness.drained(), () => store.acting > 0);
  expect((await readObject(inner, "object")).bytes.equals(BYTES)).toBe(true);
});

test("the CRC-32 of a whole follows from those of two pieces", () => {
  const bytes = fc.uint8Array({ maxLength: 5000 });
  fc.assert(
    fc.property(bytes, bytes, (first, second) => {
      const whole = crc32(Buffer.concat([first, second]));
      expect(combineCrc32(crc32(first), crc32(second), second.length)).toBe(whole);
    }),
  );
});
