import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { MemoryObjectStore, ObjectStoreError } from "../src/index.ts";
import { ChaosObjectStore, type Fault } from "../src/testing/index.ts";
import { EngineHarness } from "./engine-harness.ts";
import { FakeClock } from "./fake-clock.ts";

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;

interface Outage {
  readonly clock: FakeClock;
  readonly inner: MemoryObjectStore;
  readonly store: ChaosObjectStore;
  readonly harness: EngineHarness;
  /** What goes wrong with every request; nothing if undefined. */
  fault: Fault | undefined;
}

async function beginOutage(fault: Fault): Promise<Outage> {
  const clock = new FakeClock(Number(process.env["SEED"]));
  const inner = new MemoryObjectStore();
  const store = new ChaosObjectStore(inner, () => outage.fault);
  const outage: Outage = { clock, inner, store, harness: new EngineHarness(store, {}, clock), fault };
  await outage.harness.engine.open();
  return outage;
}

/** With pauses of half a minute on average, a day has 2880 attempts; a hung one takes a minute more. */
const MOST_REQUESTS_A_DAY = 3400;

describe("a day without the store", () => {
  test.for<[string, Fault]>([
    ["503", new ObjectStoreError("STORE_UNAVAILABLE", "503")],
    ["resets", new Error("read ECONNRESET")],
    ["a black hole", "hang"],
    ["wrong credentials", new ObjectStoreError("ACCESS_DENIED", "403")],
  ])("of %s only delays, with few requests and one report", async ([, fault]) => {
    const outage = await beginOutage(fault);
    const { clock, inner, store, harness } = outage;
    const isBusy = (): boolean => store.acting > 0;
    const keys: number[] = [];
    for (let hour = 0; hour < 24; hour++) {
      for (let n = 0; n < 20; n++) keys.push(harness.upload(`${hour}/${n}`, `${hour}/${n}`));
      keys.push(harness.upload("latest", "x".repeat(hour + 1), true));
      await harness.engine.flush();
      await clock.runFor(DAY / 24, isBusy);
    }
    expect(await Array.fromAsync(inner.list(""))).toEqual([]);
    expect(store.requests).toBeLessThan(MOST_REQUESTS_A_DAY);
    expect(harness.reports).toHaveLength(1);
    outage.fault = undefined;
    const requests = store.requests;
    await clock.runUntil(harness.drained(), isBusy);
    expect(store.requests - requests).toBe(24 * 20 + 1);
    expect(await Array.fromAsync(inner.list(""))).toHaveLength(24 * 20 + 1);
    expect((await inner.head("latest")).size).toBe(24);
    const told = keys.map((key) => harness.fate(key));
    expect(told.filter(({ uploaded }) => uploaded === 1)).toHaveLength(24 * 20 + 1);
    expect(told.flatMap(({ failed }) => failed)).toEqual(
      Array.from({ length: 23 }, () => "UPLOAD_SUPERSEDED"),
    );
  });

  test("takes at most 32 MiB of memory, with 2000 files that wait", async () => {
    const { clock, store, harness } = await beginOutage(new ObjectStoreError("STORE_UNAVAILABLE", "503"));
    const isBusy = (): boolean => store.acting > 0;
    const before = usedMemory();
    for (let hour = 0; hour < 20; hour++) {
      for (let n = 0; n < 100; n++) harness.upload(`files/${hour}/${n}`, "content");
      await harness.engine.flush();
      await clock.runFor(DAY / 20, isBusy);
    }
    expect(usedMemory() - before).toBeLessThan(32 * 1024 * 1024);
  });
});

/** In bytes, buffers included, without what nobody uses any more. */
function usedMemory(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test("the store is asked again within a minute after it is back", async () => {
  const outage = await beginOutage(new ObjectStoreError("STORE_UNAVAILABLE", "503"));
  const { clock, store, harness } = outage;
  harness.upload("file", "content");
  await harness.engine.flush();
  await clock.runFor(3600 * SECOND, () => store.acting > 0);
  outage.fault = undefined;
  const back = clock.now();
  await clock.runUntil(harness.drained(), () => store.acting > 0);
  expect(clock.now() - back).toBeLessThanOrEqual(60 * SECOND);
});

test("a hung request is given up after its deadline", async () => {
  const outage = await beginOutage("hang");
  const { clock, store, harness } = outage;
  const start = clock.now();
  harness.upload("file", "content");
  await harness.engine.flush();
  await clock.runFor(59 * SECOND, () => store.acting > 0);
  expect(store.requests).toBe(1);
  outage.fault = undefined;
  await clock.runUntil(harness.drained(), () => store.acting > 0);
  expect(clock.now() - start).toBeLessThan(62 * SECOND);
});

test("a store that asks to wait is not asked before", async () => {
  const throttled = new ObjectStoreError("STORE_THROTTLED", "503 SlowDown", { retryAfter: 30 * SECOND });
  const outage = await beginOutage(throttled);
  const { clock, store, harness } = outage;
  harness.upload("file", "content");
  await harness.engine.flush();
  const start = clock.now();
  await clock.runFor(1, () => store.acting > 0);
  outage.fault = undefined;
  harness.upload("other", "content");
  await harness.engine.flush();
  await clock.runUntil(harness.drained(), () => store.acting > 0);
  expect(clock.now() - start).toBeGreaterThanOrEqual(30 * SECOND);
});

test.for([
  ["ACCESS_DENIED", "check the credentials"],
  ["BUCKET_NOT_FOUND", "create it"],
  ["CLOCK_SKEW", "set the clock"],
  ["NOT_AN_OBJECT_STORE", "correct the endpoint"],
  ["REQUEST_REJECTED", "correct the options"],
  ["STORE_FULL", "make room"],
] as const)("%s parks uploads, says once what to do, and goes on when it is done", async ([code, advice]) => {
  const outage = await beginOutage(new ObjectStoreError(code, "refused"));
  const { clock, store, harness } = outage;
  const isBusy = (): boolean => store.acting > 0;
  const keys = ["a", "b", "c"].map((name) => harness.upload(name, name));
  await harness.engine.flush();
  await clock.runFor(600 * SECOND, isBusy);
  expect(harness.reports).toEqual([
    { code: "UPLOADS_PARKED", message: expect.stringContaining(advice) as string },
  ]);
  expect(harness.reports[0]!.message).toContain(code);
  outage.fault = undefined;
  const mended = clock.now();
  await clock.runUntil(harness.drained(), isBusy);
  expect(clock.now() - mended).toBeLessThanOrEqual(120 * SECOND);
  for (const key of keys) expect(harness.fate(key)).toEqual({ staged: 1, uploaded: 1, failed: [] });
});

describe("the check at the start", () => {
  test("tells once what to do, and takes files, which arrive once that is done", async () => {
    const outage = await beginOutage(new ObjectStoreError("ACCESS_DENIED", "403"));
    const { clock, inner, store, harness } = outage;
    const isBusy = (): boolean => store.acting > 0;
    await harness.engine.check();
    const key = harness.upload("file", "content");
    await harness.engine.flush();
    expect(harness.fate(key)).toEqual({ staged: 1, uploaded: 0, failed: [] });
    await clock.runFor(600 * SECOND, isBusy);
    expect(harness.reports).toEqual([
      { code: "UPLOADS_PARKED", message: expect.stringContaining("check the credentials") as string },
    ]);
    outage.fault = undefined;
    await clock.runUntil(harness.drained(), isBusy);
    expect(harness.fate(key).uploaded).toBe(1);
    expect((await Array.fromAsync(inner.list(""))).map(({ name }) => name)).toEqual(["file"]);
  });

  test.for<[string, Fault]>([
    ["fails for a while", new ObjectStoreError("STORE_UNAVAILABLE", "503")],
    ["hangs", "hang"],
  ])("tells nothing of a store that %s", async ([, fault]) => {
    const { clock, store, harness } = await beginOutage(fault);
    await clock.runUntil(harness.engine.check(), () => store.acting > 0);
    expect(harness.reports).toEqual([]);
  });

  test("leaves nothing, also if its answer is lost", async () => {
    const inner = new MemoryObjectStore();
    const store = new ChaosObjectStore(inner, ({ method }) => (method === "put" ? "lose" : undefined));
    const harness = new EngineHarness(store);
    await harness.engine.open();
    await harness.engine.check();
    expect(store.requests).toBe(2);
    expect(await Array.fromAsync(inner.list(""))).toEqual([]);
  });

  test("is deleted, though that fails at first, and nobody hears of it", async () => {
    const inner = new MemoryObjectStore();
    const busy = new ObjectStoreError("STORE_UNAVAILABLE", "503");
    const store = new ChaosObjectStore(inner, ({ index }) => (index > 0 && index < 4 ? busy : undefined));
    const clock = new FakeClock();
    const harness = new EngineHarness(store, {}, clock);
    await harness.engine.open();
    await clock.runUntil(harness.engine.check(), () => store.acting > 0);
    expect(store.requests).toBe(5);
    expect(await Array.fromAsync(inner.list(""))).toEqual([]);
    expect(harness.reports).toEqual([]);
  });

  test("tells what it leaves where nothing may be deleted, and uploads go on", async () => {
    const denied = new ObjectStoreError("ACCESS_DENIED", "403");
    const store = new ChaosObjectStore(new MemoryObjectStore(), ({ method }) =>
      method === "delete" ? denied : undefined,
    );
    const harness = new EngineHarness(store);
    await harness.engine.open();
    await harness.engine.check();
    const key = harness.upload("file", "content");
    await harness.drained();
    expect(harness.fate(key).uploaded).toBe(1);
    expect(harness.reports).toEqual([
      { code: "CHECK_NOT_REMOVED", message: expect.stringMatching(/\.mlog-check-.*403/) as string },
    ]);
  });
});

test("one name that is refused does not hold up the others", async () => {
  const clock = new FakeClock();
  const inner = new MemoryObjectStore();
  const denied = new ObjectStoreError("ACCESS_DENIED", "not there");
  const store = new ChaosObjectStore(inner, ({ name }) => (name === "secret" ? denied : undefined));
  const harness = new EngineHarness(store, {}, clock);
  await harness.engine.open();
  harness.upload("secret", "content");
  const keys = Array.from({ length: 50 }, (_, n) => harness.upload(`open/${n}`, "content"));
  await harness.engine.flush();
  const areOpen = async (): Promise<void> => {
    while (keys.some((key) => harness.fate(key).uploaded === 0)) await harness.news();
  };
  await clock.runUntil(areOpen(), () => store.acting > 0);
  expect(await Array.fromAsync(inner.list(""))).toHaveLength(50);
});

test.for(["OBJECT_EXISTS", "INVALID_OBJECT_NAME", "OBJECT_TOO_LARGE"] as const)(
  "%s fails one upload, with its code, and none of the others",
  async (code) => {
    const store = new ChaosObjectStore(new MemoryObjectStore(), ({ method, name }) =>
      method === "put" && name === "bad" ? new ObjectStoreError(code, "no") : undefined,
    );
    const harness = new EngineHarness(store);
    await harness.engine.open();
    const [bad, good] = [harness.upload("bad", "1"), harness.upload("good", "2")];
    await harness.drained();
    expect(harness.fate(bad)).toEqual({ staged: 1, uploaded: 0, failed: [code] });
    expect(harness.fate(good)).toEqual({ staged: 1, uploaded: 1, failed: [] });
  },
);
