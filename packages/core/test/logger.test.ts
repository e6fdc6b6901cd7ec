import { describe, expect, test } from "vitest";
import { type Event, Logger, State, isMlogError } from "../src/index.ts";
import { recorder, thrownBy } from "./recorder.ts";

const newState = (): State => new State({ runName: "run", now: () => 1_000 });

describe("a logger", () => {
  test("routes every verb to every destination, in order", () => {
    const [a, b] = [recorder(), recorder()];
    const state = newState();
    const logger = new Logger(state, [a, b]);
    logger.logHyperparameters({ lr: 0.1 });
    logger.logMetrics({ loss: 1, accuracy: 0.5 });
    logger.logTable(["x"], [[1]]);
    logger.logImages({ data: new Uint8Array(12), shape: [3, 2, 2] });
    logger.logTraces({ note: "x" });
    logger.logHistogram("weights", [1, 2, 3]);
    logger.runEvent("fitStart");
    state.nextBatch();
    state.nextEpoch();
    state.nextIteration();
    for (const destination of [a, b]) {
      expect(destination.calls.map((call) => call.verb)).toEqual([
        "hyperparameters",
        "metrics",
        "table",
        "images",
        "traces",
        "histogram",
        "event",
        "event",
        "event",
        "event",
      ]);
      expect(destination.calls.slice(6).map((call) => call.record)).toEqual([
        "fitStart",
        "batchEnd",
        "epochEnd",
        "iterationEnd",
      ] satisfies Event[]);
    }
  });

  test("takes no destination, one, or a sequence (Composer: destinations=None)", () => {
    expect(new Logger(newState()).destinations).toEqual([]);
    const one = recorder();
    expect(new Logger(newState(), one).destinations).toEqual([one]);
    expect(new Logger(newState(), [one, recorder()]).destinations).toHaveLength(2);
  });

  test("stamps with the state's batch unless a step is given (Composer: step=None)", () => {
    const destination = recorder();
    const state = newState();
    const logger = new Logger(state, destination);
    state.nextBatch({ samples: 32 });
    state.nextBatch({ samples: 32 });
    logger.logMetrics({ loss: 1 });
    logger.logMetrics({ loss: 1 }, { step: 0 });
    logger.logTable(["x"], [], { step: 7 });
    logger.logImages([[0, 1]]);
    const stamps = destination.calls.filter((call) => call.verb !== "event").map((call) => call.stamp);
    expect(stamps.map((stamp) => stamp.step)).toEqual([2, 0, 7, 2]);
    expect(stamps.every((stamp) => stamp.time === 1_000 && stamp.timestamp.sample === 64)).toBe(true);
  });

  test("gives names their defaults (Composer: name='Table', name='Images', use_table=True)", () => {
    const destination = recorder();
    const logger = new Logger(newState(), destination);
    logger.logTable(["x"], []);
    logger.logImages([[0, 1]]);
    expect(destination.calls.map((call) => call.record)).toMatchObject([
      { name: "Table" },
      { name: "Images", useTable: true },
    ]);
  });

  test("hands out copies that the caller can no longer change", () => {
    const destination = recorder();
    const logger = new Logger(newState(), destination);
    const nested = { layers: [1, 2] };
    const rows = [[1, { deep: [2] }]];
    logger.logHyperparameters({ nested });
    logger.logTraces({ nested });
    logger.logTable(["a", "b"], rows);
    nested.layers.push(3);
    (rows[0]![1] as { deep: number[] }).deep[0] = 9;
    rows.push([4, { deep: [] }]);
    expect(destination.calls.map((call) => call.record)).toEqual([
      { nested: { layers: [1, 2] } },
      { nested: { layers: [1, 2] } },
      { name: "Table", columns: ["a", "b"], rows: [[1, { deep: [2] }]] },
    ]);
    expect(
      Object.isFrozen((destination.calls[0]!.record as { nested: { layers: number[] } }).nested.layers),
    ).toBe(true);
  });

  test("reads each metric once", () => {
    let reads = 0;
    const logger = new Logger(newState(), [recorder(), recorder()]);
    for (let call = 1; call <= 40; call++) {
      logger.logMetrics({
        get loss() {
          reads++;
          return 1;
        },
        accuracy: 1,
      });
      expect(reads).toBe(call);
    }
  });

  test("lets a destination log in turn without disturbing the values under way", () => {
    const seen: unknown[] = [];
    const second = recorder();
    const first = recorder({
      logMetrics: (metrics) => {
        if (metrics.names[0] === "loss") logger.logMetrics({ nested: 9 });
        seen.push(Object.fromEntries(metrics));
      },
    });
    const logger: Logger = new Logger(newState(), [first, second]);
    logger.logMetrics({ loss: 1 });
    expect(seen).toEqual([{ nested: 9 }, { loss: 1 }]);
    expect(second.calls.map((call) => call.record)).toEqual([{ nested: 9 }, { loss: 1 }]);
  });

  test("throws the misconfiguration of a destination, and closes those that had started", () => {
    const closed: string[] = [];
    const started = recorder({ close: async () => void closed.push("started") });
    const broken = recorder({
      init: () => {
        throw new Error("no such folder");
      },
      close: async () => void closed.push("broken"),
    });
    expect(() => new Logger(newState(), [started, broken])).toThrow("no such folder");
    return Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => expect(closed).toEqual(["started"]));
  });

  test("refuses what is no destination, and one of a later contract", () => {
    expect(thrownBy(() => new Logger(newState(), {} as never)).code).toBe("INVALID_DESTINATION");
    const later = recorder({ specVersion: 2 as never });
    expect(thrownBy(() => new Logger(newState(), later)).message).toMatch(/specVersion 1.*not 2/);
  });

  test("takes nothing after close, and says so", async () => {
    const logger = new Logger(newState(), recorder());
    await logger.close();
    for (const late of [
      () => logger.logMetrics({ a: 1 }),
      () => logger.logHyperparameters({}),
      () => logger.logTable([], []),
      () => logger.logTraces({}),
      () => logger.logImages([[1]]),
      () => logger.logHistogram("h", [1]),
      () => logger.runEvent("fitEnd"),
      () => logger.uploadFile("a", "b"),
    ]) {
      expect(isMlogError(thrownBy(late), "LOGGER_CLOSED")).toBe(true);
    }
  });

  test("reads a tensor that only its device can read, and delivers it with the stamp of the call", async () => {
    const destination = recorder();
    const errors: string[] = [];
    const state = newState();
    const logger = new Logger(state, destination, {
      onError: (error) => errors.push((error as { code?: string }).code!),
    });
    const onDevice = (read: () => Promise<Float32Array>): object => ({
      shape: [1, 2, 2],
      dtype: "float32",
      data: read,
    });
    logger.logImages(onDevice(async () => Float32Array.of(1, 2, 3, 4)) as never);
    logger.logHistogram("h", onDevice(async () => Float32Array.of(1, 2, 3, 4)) as never);
    logger.logImages(onDevice(() => Promise.reject(new Error("device lost"))) as never);
    state.nextBatch();
    await expect(logger.flush()).rejects.toMatchObject({ code: "NOT_SAFE" });
    const records = destination.calls.filter((call) => call.verb !== "event");
    expect(records.map((call) => call.verb).toSorted()).toEqual(["histogram", "images"]);
    expect(records.map((call) => call.stamp.step)).toEqual([0, 0]);
    expect(errors).toEqual(["TENSOR_READ_FAILED"]);
  });
});

describe("wrong arguments throw with a code that names them, and log nothing", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const cases: [title: string, code: string, says: string, call: (logger: Logger) => void][] = [
    ["metrics null", "INVALID_ARGUMENT", "null", (l) => l.logMetrics(null as never)],
    ["metrics a Map", "INVALID_ARGUMENT", "Map", (l) => l.logMetrics(new Map([["a", 1]]) as never)],
    ["metrics an array", "INVALID_ARGUMENT", "array", (l) => l.logMetrics([1] as never)],
    ["a metric that is text", "INVALID_METRIC", '"0.5"', (l) => l.logMetrics({ loss: "0.5" as never })],
    [
      "a metric that is undefined",
      "INVALID_METRIC",
      '"loss"',
      (l) => l.logMetrics({ loss: undefined as never }),
    ],
    ["a metric that is null", "INVALID_METRIC", "null", (l) => l.logMetrics({ loss: null as never })],
    [
      "an unsafe bigint",
      "INVALID_METRIC",
      "9007199254740993n",
      (l) => l.logMetrics({ n: 9007199254740993n }),
    ],
    ["a tensor of two elements", "INVALID_METRIC", '"t"', (l) => l.logMetrics({ t: new Float32Array(2) })],
    ["an empty metric name", "INVALID_NAME", "1 to 1024", (l) => l.logMetrics({ "": 1 })],
    ["a metric name of 1 MB", "INVALID_NAME", "1048576", (l) => l.logMetrics({ ["x".repeat(2 ** 20)]: 1 })],
    ["a NaN step", "INVALID_STEP", "NaN", (l) => l.logMetrics({ a: 1 }, { step: Number.NaN })],
    ["a negative step", "INVALID_STEP", "-1", (l) => l.logMetrics({ a: 1 }, { step: -1 })],
    ["a fractional step", "INVALID_STEP", "0.5", (l) => l.logTable([], [], { step: 0.5 })],
    ["a step that is text", "INVALID_STEP", '"3"', (l) => l.logImages([[1]], { step: "3" as never })],
    ["columns not an array", "INVALID_TABLE", "columns", (l) => l.logTable("a" as never, [])],
    ["a column not text", "INVALID_NAME", "columns", (l) => l.logTable([1 as never], [])],
    ["rows not an array", "INVALID_TABLE", "rows", (l) => l.logTable(["a"], {} as never)],
    ["a row of another length", "INVALID_TABLE", "rows[1]", (l) => l.logTable(["a"], [[1], [1, 2]])],
    ["a row not an array", "INVALID_TABLE", "rows[0]", (l) => l.logTable(["a"], [7 as never])],
    ["an empty table name", "INVALID_NAME", "name", (l) => l.logTable(["a"], [], { name: "" })],
    [
      "hyperparameters null",
      "INVALID_ARGUMENT",
      "hyperparameters",
      (l) => l.logHyperparameters(null as never),
    ],
    ["traces an array", "INVALID_ARGUMENT", "traces", (l) => l.logTraces([] as never)],
    ["an empty trace name", "INVALID_NAME", "traces", (l) => l.logTraces({ "": 1 })],
    [
      "a zero-length image axis",
      "INVALID_IMAGE",
      "0",
      (l) => l.logImages({ data: new Uint8Array(0), shape: [3, 0, 2] }),
    ],
    ["an empty image name", "INVALID_NAME", "name", (l) => l.logImages([[1]], { name: "" })],
    ["an empty histogram name", "INVALID_NAME", "name", (l) => l.logHistogram("", [1])],
    ["a histogram of text", "INVALID_TENSOR", "values", (l) => l.logHistogram("h", "abc" as never)],
    ["zero bins", "INVALID_ARGUMENT", "bins", (l) => l.logHistogram("h", [1], { bins: 0 })],
    ["an unknown event", "INVALID_ARGUMENT", '"lunch"', (l) => l.runEvent("lunch" as never)],
    ["an event of the state", "INVALID_ARGUMENT", "nextBatch", (l) => l.runEvent("batchEnd" as never)],
    ["a remote name that climbs out", "INVALID_NAME", "..", (l) => l.uploadFile("../x", "file")],
    ["a remote name with NUL", "INVALID_NAME", "remoteFileName", (l) => l.uploadFile("a\0b", "file")],
    ["an empty remote name", "INVALID_ARGUMENT", "remoteFileName", (l) => l.uploadFile("", "file")],
    ["a file path that is a number", "INVALID_ARGUMENT", "filePath", (l) => l.uploadFile("a", 3 as never)],
    [
      "a file path that is an http URL",
      "INVALID_ARGUMENT",
      "http:",
      (l) => l.uploadFile("a", new URL("http://x/y")),
    ],
  ];
  for (const [title, code, says, call] of cases) {
    test(title, () => {
      const destination = recorder();
      const logger = new Logger(newState(), destination);
      logger.logMetrics({ before: 1 });
      const error = thrownBy(() => call(logger));
      expect(error).toMatchObject({ code });
      expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
      expect(error.message).toContain(says);
      expect(error.message.length).toBeLessThan(600);
      logger.logMetrics({ after: 1 });
      expect(destination.calls.map((entry) => entry.record)).toEqual([{ before: 1 }, { after: 1 }]);
    });
  }

  test("a getter that throws reaches the caller as it is", () => {
    const destination = recorder();
    const logger = new Logger(newState(), destination);
    const metrics = {
      get loss(): number {
        throw new Error("device lost");
      },
    };
    expect(() => logger.logMetrics(metrics)).toThrow("device lost");
    logger.logMetrics({ after: 1 });
    expect(destination.calls).toHaveLength(1);
  });

  test("cycles, bigints and throwing getters in traces are kept in the documented encoding", () => {
    const destination = recorder();
    new Logger(newState(), destination).logTraces({
      cyclic,
      big: 2n ** 70n,
      get broken(): number {
        throw new Error("no");
      },
    });
    expect(destination.calls[0]!.record).toEqual({
      cyclic: { self: "[Circular]" },
      big: 2n ** 70n,
      broken: "[Threw: no]",
    });
  });
});
