import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { MemoryObjectStore, ObjectStoreError } from "../src/index.ts";
import { ChaosObjectStore, randomFaults } from "../src/testing/index.ts";
import { readObject, someBytes } from "../src/testing/expectations.ts";
import { EngineHarness } from "./engine-harness.ts";
import { FakeClock } from "./fake-clock.ts";

const UPLOADS = 500;
const SEED = Number(process.env["SEED"]);

/** A store that takes objects of up to 20 000 bytes at once, and others in parts of 8000. */
function smallPartsStore(): MemoryObjectStore {
  return new MemoryObjectStore({ maxPutSize: 20_000, minPartSize: 4000, maxPartSize: 8000 });
}

describe("with requests that fail, are duplicated, hang, or lose their answer", () => {
  test.for([[false], [true]])(
    `${UPLOADS} uploads arrive exactly once, and each is told once (overwrite: %s)`,
    async ([overwrite]) => {
      const clock = new FakeClock(SEED);
      const inner = smallPartsStore();
      const rates = { fail: 0.1, lose: 0.3, duplicate: 0.2, hang: 0.02 };
      const store = new ChaosObjectStore(
        inner,
        randomFaults(rates, () => clock.random()),
      );
      const harness = new EngineHarness(store, { concurrency: 16 }, clock);
      await harness.engine.open();
      const contents = Array.from({ length: UPLOADS }, (_, n) =>
        someBytes(n % 10 === 0 ? 20_000 + n * 40 : n, n),
      );
      const keys = contents.map((bytes, n) => harness.upload(`objects/${n}`, bytes, overwrite));
      await harness.engine.flush();
      await clock.runUntil(harness.drained(), () => store.acting > 0);
      for (const [n, key] of keys.entries()) {
        expect(harness.fate(key), `upload ${n}`).toEqual({ staged: 1, uploaded: 1, failed: [] });
        const { bytes } = await readObject(inner, `objects/${n}`);
        expect(bytes.equals(contents[n]!), `bytes of upload ${n}`).toBe(true);
        expect(await inner.multipart.list(`objects/${n}`)).toEqual([]);
      }
      expect(await Array.fromAsync(inner.list(""))).toHaveLength(UPLOADS);
      await harness.engine.close();
      const [folder] = readdirSync(harness.staging);
      expect(readdirSync(join(harness.staging, folder!))).toEqual(["store.json"]);
    },
  );

  test("of two that upload the same names without overwrite, each name has exactly one winner", async () => {
    const clock = new FakeClock(SEED);
    const inner = smallPartsStore();
    const makeHarness = (): { harness: EngineHarness; store: ChaosObjectStore } => {
      const rates = { fail: 0.05, lose: 0.3, duplicate: 0.2 };
      const store = new ChaosObjectStore(
        inner,
        randomFaults(rates, () => clock.random()),
      );
      return { store, harness: new EngineHarness(store, {}, clock) };
    };
    const racers = [makeHarness(), makeHarness()];
    for (const { harness } of racers) await harness.engine.open();
    // Equal bytes too, in one request and in parts.
    const contents = Array.from({ length: 60 }, (_, n) => someBytes(n % 3 === 0 ? 30_000 : 100, n));
    const keys = contents.map((bytes, n) => racers.map(({ harness }) => harness.upload(`race/${n}`, bytes)));
    for (const { harness } of racers) await harness.engine.flush();
    const drained = Promise.all(racers.map(({ harness }) => harness.drained()));
    await clock.runUntil(drained, () => racers.some(({ store }) => store.acting > 0));
    for (const [n, pair] of keys.entries()) {
      const fates = pair.map((key, racer) => racers[racer]!.harness.fate(key));
      expect(
        fates.filter(({ uploaded }) => uploaded === 1),
        `race ${n}`,
      ).toHaveLength(1);
      expect(fates.flatMap(({ failed }) => failed)).toEqual(["OBJECT_EXISTS"]);
      const { info } = await readObject(inner, `race/${n}`);
      expect(info.size).toBe(contents[n]!.length);
      expect(await inner.multipart.list(`race/${n}`)).toEqual([]);
    }
  });

  test("a name always gets newer bytes, never older ones, and ends with the newest", async () => {
    const clock = new FakeClock(SEED);
    const inner = smallPartsStore();
    const versions: number[] = [];
    const sizeOf = (version: number): number => version + (version % 3 === 0 ? 20_000 : 0);
    const look = async (): Promise<void> => void versions.push((await inner.head("latest")).size % 20_000);
    const { multipart } = inner;
    const [put, complete] = [inner.put.bind(inner), multipart.complete.bind(multipart)];
    inner.put = (...args) => put(...args).then(look);
    multipart.complete = (...args) => complete(...args).then(look);
    const faults = randomFaults({ fail: 0.2, lose: 0.2, duplicate: 0.2 }, () => clock.random());
    // Some were given up at their deadline, and arrive when others have come and gone.
    const store = new ChaosObjectStore(inner, (request) =>
      clock.random() < 0.1 ? { late: clock.sleep(clock.random() * 600_000) } : faults(request),
    );
    const harness = new EngineHarness(store, {}, clock);
    await harness.engine.open();
    const keys: number[] = [];
    for (let version = 1; version <= 60; version++) {
      keys.push(harness.upload("latest", someBytes(sizeOf(version), version), true));
      if (version % 4 === 0) await harness.engine.flush();
      if (version % 8 === 0) await clock.runFor(90_000, () => store.acting > 0);
    }
    await harness.engine.flush();
    await clock.runUntil(harness.drained(), () => store.acting > 0);
    await clock.runFor(1_000_000, () => store.acting > 0);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(versions.at(-1)).toBe(60);
    expect(harness.fate(keys[keys.length - 1]!)).toEqual({ staged: 1, uploaded: 1, failed: [] });
    for (const key of keys) {
      const { uploaded, failed } = harness.fate(key);
      expect([uploaded, failed]).toEqual(uploaded === 1 ? [1, []] : [0, ["UPLOAD_SUPERSEDED"]]);
    }
  });
});

test("without overwrite, a name that waits or is being staged is refused with a code", async () => {
  const clock = new FakeClock();
  const store = new ChaosObjectStore(
    new MemoryObjectStore(),
    () => new ObjectStoreError("STORE_UNAVAILABLE", "503"),
  );
  const harness = new EngineHarness(store, {}, clock);
  await harness.engine.open();
  harness.upload("name", "first");
  const during = harness.upload("name", "second");
  await harness.engine.flush();
  const after = harness.upload("name", "third");
  await harness.engine.flush();
  for (const key of [during, after])
    expect(harness.fate(key)).toEqual({ staged: 0, uploaded: 0, failed: ["UPLOAD_IN_QUEUE"] });
});
