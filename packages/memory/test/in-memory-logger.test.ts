import { Logger, State, Timestamp } from "@mlog/core";
import { describe, expect, test } from "vitest";
import { InMemoryLogger } from "../src/index.ts";
import type { InMemoryLoggerOptions } from "../src/index.ts";

function start(options?: InMemoryLoggerOptions): { state: State; memory: InMemoryLogger; logger: Logger } {
  const state = new State({ runName: "run", now: () => 1_700_000_000_000 });
  const memory = new InMemoryLogger(options);
  return { state, memory, logger: new Logger(state, memory) };
}

describe("what Composer's InMemoryLogger has", () => {
  test("data: each metric with its values and timestamps", () => {
    const { state, memory, logger } = start();
    logger.logMetrics({ loss: 2, lr: 0.1 });
    state.nextBatch({ samples: 32 });
    logger.logMetrics({ loss: 1 });
    expect([...memory.data.keys()]).toEqual(["loss", "lr"]);
    const pairs = Array.from(memory.data.get("loss")!, ({ timestamp, value }) => [timestamp, value]);
    expect(pairs).toEqual([
      [new Timestamp(), 2],
      [state.timestamp, 1],
    ]);
    expect(pairs[1]![0]).toBeInstanceOf(Timestamp);
  });

  test("most_recent_values and most_recent_timestamps", () => {
    const { state, memory, logger } = start();
    logger.logMetrics({ loss: 2, lr: 0.1 });
    const first = state.timestamp;
    state.nextBatch();
    logger.logMetrics({ loss: 1 });
    expect([...memory.mostRecentValues]).toEqual([
      ["loss", 1],
      ["lr", 0.1],
    ]);
    expect(memory.mostRecentTimestamps.get("lr")).toBe(first);
    expect(memory.mostRecentTimestamps.get("loss")).toBe(state.timestamp);
  });

  test("hyperparameters, of which the last value counts", () => {
    const { memory, logger } = start();
    expect(memory.hyperparameters).toEqual({});
    logger.logHyperparameters({ lr: 0.1, layers: [64, 32] });
    logger.logHyperparameters({ lr: 0.2 });
    expect(memory.hyperparameters).toEqual({ lr: 0.2, layers: [64, 32] });
    expect(memory.hyperparameters).toSatisfy(Object.isFrozen);
  });

  test("tables, the newest of each name as JSON text in split orientation", () => {
    const { memory, logger } = start();
    logger.logTable(["a", "b"], [[1, "x"]]);
    logger.logTable(["a", "b"], [[2, "y"]]);
    expect(memory.tableJson("Table")).toBe('{"columns":["a","b"],"data":[[2,"y"]]}');
    expect(memory.tables.get("Table")).toEqual({ name: "Table", columns: ["a", "b"], rows: [[2, "y"]] });
    expect(memory.tables.history("Table").map(({ value }) => value.rows[0]![0])).toEqual([1, 2]);
  });

  test("get_timeseries: the values and an equally long array per time unit", () => {
    const { state, memory, logger } = start();
    for (let i = 0; i < 3; i++) {
      logger.logMetrics({ loss: 3 - i });
      state.nextBatch({ samples: 4, tokens: 7 });
    }
    state.nextEpoch();
    logger.logMetrics({ loss: 0 });
    const series = memory.getTimeseries("loss");
    expect(series).toMatchObject({ metric: "loss", length: 4 });
    const columns = {
      values: [3, 2, 1, 0],
      step: [0, 1, 2, 3],
      time: new Array(4).fill(1_700_000_000_000),
      iteration: [0, 0, 0, 0],
      epoch: [0, 0, 0, 1],
      batch: [0, 1, 2, 3],
      sample: [0, 4, 8, 12],
      token: [0, 7, 14, 21],
      epochInIteration: [0, 0, 0, 1],
      tokenInIteration: [0, 7, 14, 21],
      batchInEpoch: [0, 1, 2, 0],
      sampleInEpoch: [0, 4, 8, 0],
      tokenInEpoch: [0, 7, 14, 0],
      totalWct: [0, 0, 0, 0],
      iterationWct: [0, 0, 0, 0],
      epochWct: [0, 0, 0, 0],
      batchWct: [0, 0, 0, 0],
    };
    const names = Object.keys(columns) as (keyof typeof columns)[];
    expect(Object.fromEntries(names.map((name) => [name, [...series[name]]]))).toEqual(columns);
  });

  test("an unknown metric is an error with a code, and names that are like it", () => {
    const { memory, logger } = start();
    expect(() => memory.getTimeseries("loss")).toThrow(/no metric "loss": no metric was logged yet/);
    logger.logMetrics({ "loss/train": 1, "loss/eval": 1, accuracy: 1 });
    expect(() => memory.getTimeseries("Loss/trian")).toThrow(
      expect.objectContaining({ name: "MlogRangeError", code: "UNKNOWN_METRIC" }),
    );
    expect(() => memory.getTimeseries("Loss/trian")).toThrow(/did you mean "loss\/train"\?/);
    expect(() => memory.getTimeseries("loss")).toThrow(/did you mean "loss\/eval", "loss\/train"\?/);
    expect(() => memory.latest("zzz")).toThrow(/3 known names are not like it/);
    expect(() => memory.getTimeseries(undefined as never)).toThrow(
      expect.objectContaining({ name: "MlogTypeError", code: "INVALID_ARGUMENT" }),
    );
    expect(() => memory.tableJson("x")).toThrow(expect.objectContaining({ code: "UNKNOWN_TABLE" }));
  });

  test("values are copied: what the caller changes afterwards is not seen", () => {
    const { memory, logger } = start();
    const metrics = { loss: 1 };
    logger.logMetrics(metrics);
    metrics.loss = 2;
    logger.logMetrics(metrics);
    expect([...memory.getTimeseries("loss").values]).toEqual([1, 2]);
  });
});

describe("look-ups", () => {
  test("latest is the last that was logged, whatever its step", () => {
    const { state, memory, logger } = start();
    logger.logMetrics({ loss: 1 }, { step: 100 });
    logger.logMetrics({ loss: 2, lr: 1 }, { step: 5 });
    const { timestamp } = state;
    expect(memory.latest("loss")).toEqual({ value: 2, step: 5, time: 1_700_000_000_000, timestamp });
  });

  test("a series read anew has what was logged since", () => {
    const { memory, logger } = start();
    for (let i = 0; i < 600; i++) {
      logger.logMetrics({ loss: i }, { step: 2 * i });
      expect(memory.getTimeseries("loss").at(-1)).toMatchObject({ value: i, step: 2 * i });
    }
  });

  test("a series stays as it was while logging goes on and old points go", () => {
    const { memory, logger } = start({ maxPointsPerMetric: 300 });
    for (let i = 0; i < 1000; i++) logger.logMetrics({ loss: i }, { step: i });
    const series = memory.getTimeseries("loss");
    const points = series[Symbol.iterator]();
    points.next();
    for (let i = 1000; i < 5000; i++) logger.logMetrics({ loss: i }, { step: i });
    const expected = Array.from({ length: 300 }, (_, i) => 700 + i);
    expect([...series.values]).toEqual(expected);
    expect([...series.step]).toEqual(expected);
    expect(points.next().value).toMatchObject({ value: 701, step: 701 });
  });

  test("at counts from the end when negative, and is undefined beyond", () => {
    const { memory, logger } = start();
    for (let i = 0; i < 3; i++) logger.logMetrics({ loss: i });
    const series = memory.getTimeseries("loss");
    expect([0, 2, -1, -3].map((index) => series.at(index)?.value)).toEqual([0, 2, 2, 0]);
    expect([3, -4, 0.5, NaN].map((index) => series.at(index))).toEqual(new Array(4).fill(undefined));
  });

  test("points thins a window to points of it, all columns alike", () => {
    const { state, memory, logger } = start();
    for (let i = 0; i < 5000; i++) {
      logger.logMetrics({ loss: Math.sin(i / 50), other: i });
      state.nextBatch({ samples: 2 });
    }
    const thin = memory.getTimeseries("loss", { fromStep: 1000, toStep: 3999, points: 100 });
    expect(thin).toHaveLength(100);
    expect([thin.step[0], thin.step.at(-1)]).toEqual([1000, 3999]);
    expect([...thin.values]).toEqual(Array.from(thin.step, (step) => Math.sin(step / 50)));
    expect([...thin.sample]).toEqual(Array.from(thin.step, (step) => 2 * step));
    expect(memory.getTimeseries("loss", { toStep: 9, points: 100 })).toHaveLength(10);
  });

  test.each([
    [null, "a selection must be an object"],
    [{ fromStep: NaN }, "fromStep must be a number, got NaN"],
    [{ toTime: "1" }, 'toTime must be a number, got "1"'],
    [{ points: 1 }, "points must be an integer of at least 2"],
  ])("refuse the selection %o", (selection, message) => {
    const { memory, logger } = start();
    logger.logMetrics({ loss: 1 });
    const call = (): unknown => memory.getTimeseries("loss", selection as never);
    expect(call).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(call).toThrow(message);
  });

  test("an empty call makes no metric", () => {
    const { memory, logger } = start();
    logger.logMetrics({});
    expect(memory.metricNames).toEqual([]);
  });

  test("work after the logger was closed", async () => {
    const { memory, logger } = start();
    logger.logMetrics({ loss: 1 });
    await logger.close();
    expect(memory.latest("loss").value).toBe(1);
  });
});

describe("pictures, histograms and traces", () => {
  test("are kept as the objects that every destination gets: pixels are shared", () => {
    const state = new State({ runName: "run" });
    const [one, other] = [new InMemoryLogger(), new InMemoryLogger()];
    const logger = new Logger(state, [one, other]);
    logger.logImages({ data: new Uint8Array(12), shape: [3, 2, 2] }, { name: "digits", step: 4 });
    const picture = one.images.get("digits")!.images[0]!;
    expect(picture.pixels.data).toBe(other.images.get("digits")!.images[0]!.pixels.data);
    expect(one.images.pixelBytes).toBe(12);
    expect(one.images.history("digits")).toMatchObject([
      { name: "digits", step: 4, timestamp: state.timestamp },
    ]);
  });

  test("a histogram is found by its name", () => {
    const { memory, logger } = start();
    logger.logHistogram("weights", new Float32Array([0, 1, 2, NaN]), { bins: 2 });
    expect(memory.histograms.get("weights")).toMatchObject({ name: "weights", nonFinite: { nan: 1 } });
    expect([...memory.histograms.get("weights")!.counts]).toEqual([1, 2]);
  });

  test("a trace is found by its name, with its history", () => {
    const { state, memory, logger } = start();
    logger.logTraces({ batch: { ids: [1, 2] }, note: "a" });
    state.nextBatch();
    logger.logTraces({ note: "b" });
    expect(memory.traces.names).toEqual(["batch", "note"]);
    expect(memory.traces.get("batch")).toEqual({ ids: [1, 2] });
    expect(memory.traces.history("note").map(({ value, step }) => [value, step])).toEqual([
      ["a", 0],
      ["b", 1],
    ]);
  });
});
