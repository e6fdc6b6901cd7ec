import { Logger, State } from "@mlog/core";
import type { TensorLike } from "@mlog/core";
import { describe, expect, test, vi } from "vitest";
import { InMemoryLogger } from "../src/index.ts";
import type { InMemoryLoggerOptions } from "../src/index.ts";

// Much work, which may take its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

function start(options?: InMemoryLoggerOptions): { state: State; memory: InMemoryLogger; logger: Logger } {
  let now = 1_700_000_000_000;
  // Steps of about 100 ms, never quite even.
  const state = new State({ runName: "run", now: () => (now += 97 + (now % 7)) });
  const memory = new InMemoryLogger(options);
  return { state, memory, logger: new Logger(state, memory) };
}

/** Deterministic, so that a bound that is missed is missed every time. */
function randoms(): (below: number) => number {
  let seed = 1;
  return (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
}

function logRandomSets({ state, logger }: ReturnType<typeof start>, calls: number, names: number): void {
  const random = randoms();
  for (let call = 0; call < calls; call++) {
    const metrics: Record<string, number> = {};
    for (let i = 0; i < 10; i++) metrics[`metric/${random(names)}`] = Math.sqrt(call + i);
    logger.logMetrics(metrics);
    state.nextBatch({ samples: 32, tokens: 1000 + random(50) });
  }
}

describe("bytes per point, everything included", () => {
  test.each([
    [100, 8.4],
    [4, 11],
    [1, 20],
  ])("of rows of %i metrics stay below %f", (width, limit) => {
    const { state, memory, logger } = start();
    const rows = 40_000;
    const random = randoms();
    const metrics = Object.fromEntries(Array.from({ length: width }, (_, i) => [`m${i}`, Math.PI * i]));
    for (let row = 0; row < rows; row++) {
      logger.logMetrics(metrics);
      state.nextBatch({ samples: 32, tokens: 1000 + random(50) });
    }
    expect(memory.getTimeseries("m0")).toHaveLength(rows);
    expect(memory.metricBytes / (rows * width)).toBeLessThan(limit);
    expect(memory.metricBytes / (rows * width)).toBeGreaterThan(8);
  });

  test("of sets drawn at random from 1 000 names stay below 30, with 300 points of each", () => {
    const run = start();
    logRandomSets(run, 30_000, 1000);
    const points = run.memory.metricNames.reduce(
      (sum, name) => sum + run.memory.getTimeseries(name).length,
      0,
    );
    expect(points).toBeGreaterThan(290_000);
    expect(run.memory.metricBytes / points).toBeLessThan(30);
  });
});

describe("maxPointsPerMetric", () => {
  test("bounds the memory of regular rows, and keeps rare metrics", () => {
    const { state, memory, logger } = start({ maxPointsPerMetric: 1000 });
    logger.logMetrics({ parameters: 7 });
    for (let i = 0; i < 50_000; i++) {
      logger.logMetrics({ loss: Math.random(), lr: 0.1 });
      if (i % 1000 === 0) logger.logMetrics({ "accuracy/eval": i });
      state.nextBatch();
    }
    expect(memory.getTimeseries("loss")).toHaveLength(1000);
    expect(memory.getTimeseries("accuracy/eval")).toHaveLength(50);
    expect(memory.latest("parameters").value).toBe(7);
    expect(memory.evicted.points).toBe(2 * 49_000);
    expect(memory.delivery()).toEqual({ delivered: 50_051, pending: 0, dropped: 0 });
    expect(memory.metricBytes).toBeLessThan(150_000);
  });

  test("bounds the memory of sets of names drawn at random", () => {
    const run = start({ maxPointsPerMetric: 10 });
    logRandomSets(run, 10_000, 20);
    const { metricBytes } = run.memory;
    logRandomSets(run, 30_000, 20);
    expect(run.memory.metricBytes).toBeLessThan(1.1 * metricBytes);
    expect(run.memory.getTimeseries("metric/1")).toHaveLength(10);
  });
});

describe("the limits of records", () => {
  const picture = (bytes: number): TensorLike => ({ data: new Uint8Array(bytes), shape: [1, 1, bytes] });

  test("the oldest pictures go when there are too many", () => {
    const { memory, logger } = start({ maxImageBatches: 2 });
    for (const name of ["a", "b", "b"]) logger.logImages(picture(4), { name });
    expect(memory.images.names).toEqual(["b"]);
    expect(memory.images.get("a")).toBeUndefined();
    expect(memory.images.size).toBe(2);
    expect(memory.evicted).toEqual({ points: 0, images: 1, tables: 0, histograms: 0, traces: 0 });
    expect(memory.delivery()).toEqual({ delivered: 3, pending: 0, dropped: 0 });
  });

  test("the oldest pictures go when their pixels and masks are too many bytes, but never the newest", () => {
    const { memory, logger } = start({ maxPixelBytes: 100 });
    logger.logImages(picture(60), { name: "a" });
    logger.logImages(picture(20), { name: "b", masks: { m: { data: new Uint8Array(20), shape: [1, 20] } } });
    expect(memory.images.pixelBytes).toBe(100);
    logger.logImages(picture(1), { name: "c" });
    expect(memory.images.names).toEqual(["b", "c"]);
    logger.logImages(picture(500), { name: "d" });
    expect(memory.images.names).toEqual(["d"]);
    expect(memory.images.pixelBytes).toBe(500);
    expect(memory.evicted.images).toBe(3);
  });

  test("tables, histograms and traces have limits of their own", () => {
    const { memory, logger } = start({ maxTables: 1, maxHistograms: 2, maxTraces: 3 });
    for (let i = 0; i < 5; i++) {
      logger.logTable(["i"], [[i]]);
      logger.logHistogram("h", [i]);
      logger.logTraces({ t: i });
    }
    expect([memory.tables.size, memory.histograms.size, memory.traces.size]).toEqual([1, 2, 3]);
    expect([...memory.traces].map(({ value }) => value)).toEqual([2, 3, 4]);
    expect(memory.evicted).toMatchObject({ tables: 4, histograms: 3, traces: 2 });
  });

  test.each([
    [{ maxTables: 0 }, "maxTables must be an integer of at least 1, or Infinity, got 0"],
    [{ maxPointsPerMetric: 1.5 }, "got 1.5"],
    [{ maxPixelBytes: NaN }, "got NaN"],
    [{ maxTraces: "9" }, 'got "9"'],
    [null, "options must be an object, got null"],
  ])("that make no sense are refused: %o", (options, message) => {
    const call = (): unknown => new InMemoryLogger(options as never);
    expect(call).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(call).toThrow(message);
  });

  test("that are undefined are the defaults", () => {
    expect(() => new InMemoryLogger({ maxTables: undefined })).not.toThrow();
  });
});
