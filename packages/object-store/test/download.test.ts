import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type DownloadMeans, downloadFile } from "../src/download/download-file.ts";
import { bodyOf, MemoryObjectStore, ObjectStoreError, type ObjectStore } from "../src/index.ts";
import { ChaosObjectStore, randomFaults } from "../src/testing/index.ts";
import { someBytes } from "../src/testing/expectations.ts";
import { FakeClock } from "./fake-clock.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Pauses are over at once, and deadlines never come. */
class ImpatientClock extends FakeClock {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return ms < 60_000 ? Promise.resolve() : super.sleep(ms, signal);
  }
}

const forever = new AbortController().signal;
const LARGE = someBytes(40 * 1024 * 1024 + 5);

function crcOf(bytes: Uint8Array): string {
  return bodyOf(bytes).checksums.crc32.toString(16).padStart(8, "0");
}

async function storeWith(bytes: Uint8Array, mlogcrc32 = crcOf(bytes)): Promise<MemoryObjectStore> {
  const store = new MemoryObjectStore();
  await store.put("object", bodyOf(bytes), { metadata: { mlogcrc32 } });
  return store;
}

function meansFor(store: ObjectStore, clock = new ImpatientClock(1)): DownloadMeans & { clock: FakeClock } {
  return { store, clock, timeout: 60_000, concurrency: 4 };
}

function download(means: DownloadMeans, path: string, overwrite = false, signal = forever): Promise<void> {
  return downloadFile({ name: "object", path, overwrite }, means, () => undefined, signal);
}

test("a large object arrives whole, by ranges, through requests that fail", async () => {
  const clock = new ImpatientClock(Number(process.env["SEED"]));
  const faults = randomFaults({ fail: 0.2, lose: 0.1 }, () => clock.random());
  const store = new ChaosObjectStore(await storeWith(LARGE), faults);
  const folder = temporaryFolder();
  const steps: number[] = [];
  const path = join(folder, "made/on/the/way");
  await downloadFile(
    { name: "object", path, overwrite: false },
    meansFor(store, clock),
    (bytes, total) => {
      expect(total).toBe(LARGE.length);
      steps.push(bytes);
    },
    forever,
  );
  expect(readFileSync(path).equals(LARGE)).toBe(true);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(steps.at(-1)).toBe(LARGE.length);
  expect(readdirSync(join(folder, "made/on/the"))).toEqual(["way"]);
});

test("an empty object is an empty file", async () => {
  const path = join(temporaryFolder(), "file");
  await download(meansFor(await storeWith(Buffer.alloc(0))), path);
  expect(readFileSync(path).length).toBe(0);
});

test("a local file is replaced only if that is asked for", async () => {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, "mine");
  const means = meansFor(await storeWith(Buffer.from("theirs")));
  await expect(download(means, path)).rejects.toMatchObject({ code: "FILE_EXISTS" });
  expect(readFileSync(path, "utf8")).toBe("mine");
  await download(means, path, true);
  expect(readFileSync(path, "utf8")).toBe("theirs");
});

test("a local file that appears meanwhile is not replaced either", async () => {
  const path = join(temporaryFolder(), "file");
  const store = new ChaosObjectStore(await storeWith(Buffer.from("theirs")), ({ method }) => {
    if (method === "get") writeFileSync(path, "mine");
    return undefined;
  });
  await expect(download(meansFor(store), path)).rejects.toMatchObject({ code: "FILE_EXISTS" });
  expect(readFileSync(path, "utf8")).toBe("mine");
});

test("an object that is not there is told by the code that loggers know", async () => {
  const path = join(temporaryFolder(), "file");
  await expect(download(meansFor(new MemoryObjectStore()), path)).rejects.toMatchObject({
    code: "FILE_NOT_FOUND",
  });
  expect(existsSync(path)).toBe(false);
});

test("other bytes than those that were uploaded leave no file", async () => {
  const folder = temporaryFolder();
  const means = meansFor(await storeWith(Buffer.from("damaged"), crcOf(Buffer.from("good"))));
  await expect(download(means, join(folder, "file"))).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
  expect(readdirSync(folder)).toEqual([]);
});

test("an object that is replaced meanwhile is downloaded anew, never mixed", async () => {
  const inner = await storeWith(LARGE);
  const later = someBytes(LARGE.length, 2);
  let gets = 0;
  const store = new ChaosObjectStore(inner, ({ method }) => {
    if (method === "get" && ++gets === 2)
      void inner.put("object", bodyOf(later), { metadata: { mlogcrc32: crcOf(later) } });
    return undefined;
  });
  const path = join(temporaryFolder(), "file");
  await download(meansFor(store), path);
  const read = readFileSync(path);
  expect(read.equals(LARGE) || read.equals(later)).toBe(true);
});

test("an aborted download ends with the reason and leaves no file", async () => {
  const folder = temporaryFolder();
  const controller = new AbortController();
  const reason = new Error("enough");
  const store = new ChaosObjectStore(await storeWith(LARGE), ({ method }) => {
    if (method !== "get") return undefined;
    controller.abort(reason);
    return "hang";
  });
  await expect(download(meansFor(store), join(folder, "file"), false, controller.signal)).rejects.toBe(
    reason,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test.for(["ACCESS_DENIED", "STORE_UNAVAILABLE"] as const)(
  "%s ends a download with its code",
  async (code) => {
    const clock = new ImpatientClock();
    const store = new ChaosObjectStore(new MemoryObjectStore(), () => new ObjectStoreError(code, "no"));
    const failing = download(meansFor(store, clock), join(temporaryFolder(), "file"));
    await expect(failing).rejects.toMatchObject({ code });
    expect(store.requests).toBe(code === "ACCESS_DENIED" ? 1 : 8);
  },
);
