import { afterEach, describe, expect, test, vi } from "vitest";
import { Logger, type LoggerDestination, State, isMlogError } from "../src/index.ts";
import { recorder, rejectionOf } from "./recorder.ts";

const newState = (): State => new State({ runName: "run" });
const never = (): Promise<void> => new Promise(() => undefined);
const codesOf = (seen: [Error, string][]): string[] =>
  seen.map(([error]) => (error as { code?: string }).code!);

function listen(): { seen: [Error, string][]; onError: (error: Error, destination: string) => void } {
  const seen: [Error, string][] = [];
  return { seen, onError: (error, destination) => void seen.push([error, destination]) };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a destination that fails", () => {
  test("by throwing stops no other and never reaches the loop", async () => {
    const { seen, onError } = listen();
    const broken = recorder({
      name: "broken",
      logMetrics: () => {
        throw new Error("disk on fire");
      },
    });
    const healthy = recorder();
    const logger = new Logger(newState(), [broken, healthy], { onError });
    logger.logMetrics({ a: 1 });
    logger.logMetrics({ a: 2 });
    expect(healthy.calls).toHaveLength(2);
    expect(seen.map(([error, name]) => [error.message, name])).toEqual([
      ["disk on fire", "broken"],
      ["disk on fire", "broken"],
    ]);
    const failure = await rejectionOf(logger.flush());
    expect(isMlogError(failure, "NOT_SAFE")).toBe(true);
    expect(failure.errors).toHaveLength(2);
    await logger.flush();
    expect(await logger.close()).toMatchObject([
      { destination: "broken", delivered: 0, dropped: 2 },
      { destination: "recorder", delivered: 2, pending: 0, dropped: 0 },
    ]);
  });

  test("and says so itself is heard, and flush rejects only if its own flush does", async () => {
    const { seen, onError } = listen();
    let report!: (error: unknown) => void;
    const falling = recorder({ init: (run) => void (report = run.report) });
    const logger = new Logger(newState(), falling, { onError });
    report(new Error("went on without its worker"));
    logger.logMetrics({ a: 1 });
    await logger.flush();
    expect(seen.map(([error]) => error.message)).toEqual(["went on without its worker"]);
    expect(await logger.close()).toMatchObject([{ delivered: 1, dropped: 0 }]);
  });

  test("by an onError that throws is still kept from the loop", () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = recorder({
      logMetrics: () => {
        throw new Error("x");
      },
    });
    const logger = new Logger(newState(), broken, {
      onError: () => {
        throw new Error("in the handler");
      },
    });
    logger.logMetrics({ a: 1 });
    expect(said.mock.calls[0]![0]).toContain("in the handler");
  });

  test("is told once per code on stderr by default, with a count at close", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = recorder({
      name: "broken",
      logMetrics: () => {
        throw new Error("x");
      },
    });
    const logger = new Logger(newState(), broken);
    for (let i = 0; i < 5; i++) logger.logMetrics({ a: 1 });
    await rejectionOf(logger.close());
    expect(said.mock.calls.map(([line]) => line as string)).toEqual([
      "mlog: broken: DESTINATION_FAILED: x",
      "mlog: broken: DESTINATION_FAILED: 5 times in all",
    ]);
  });

  test("to start loses its own records, says how many, and no other's", async () => {
    const { seen, onError } = listen();
    const broken = recorder({ name: "broken", init: () => Promise.reject(new Error("401")) });
    const healthy = recorder();
    const logger = new Logger(newState(), [broken, healthy], { onError });
    logger.logMetrics({ a: 1 });
    await expect(logger.ready).rejects.toMatchObject({ code: "INIT_FAILED" });
    logger.logMetrics({ a: 2 });
    expect(healthy.calls).toHaveLength(2);
    expect(broken.calls).toHaveLength(0);
    expect(codesOf(seen)).toEqual(["INIT_FAILED"]);
    await expect(logger.flush()).rejects.toMatchObject({ code: "NOT_SAFE" });
    const closed = await rejectionOf(logger.close());
    expect((closed as unknown as { deliveries: unknown }).deliveries).toMatchObject([
      { destination: "broken", dropped: 2 },
      { destination: "recorder", delivered: 2 },
    ]);
  });
});

describe("a destination that is still starting", () => {
  test("is handed what was logged meanwhile, in order and as it was", async () => {
    let start!: () => void;
    const destination = recorder({ init: () => new Promise<void>((resolve) => (start = resolve)) });
    const state = newState();
    const logger = new Logger(state, destination);
    const values = { a: 1 };
    logger.logMetrics(values);
    values.a = 2;
    logger.logMetrics(values);
    logger.logHyperparameters({ lr: 1 });
    state.nextBatch();
    expect(destination.calls).toHaveLength(0);
    start();
    await logger.ready;
    expect(destination.calls.map((call) => call.record)).toEqual([{ a: 1 }, { a: 2 }, { lr: 1 }, "batchEnd"]);
    logger.logMetrics({ a: 3 });
    expect(destination.calls.at(-1)?.record).toEqual({ a: 3 });
  });

  test("holds 10 000 calls and drops the newest beyond, counted", async () => {
    const { seen, onError } = listen();
    let start!: () => void;
    const destination = recorder({ init: () => new Promise<void>((resolve) => (start = resolve)) });
    const logger = new Logger(newState(), destination, { onError });
    for (let i = 0; i < 10_005; i++) logger.logMetrics({ i });
    start();
    await logger.ready;
    expect(destination.calls).toHaveLength(10_000);
    expect(destination.calls.at(-1)?.record).toEqual({ i: 9_999 });
    expect(codesOf(seen)).toEqual(new Array(5).fill("RECORDS_DROPPED"));
    const failure = await rejectionOf(logger.close());
    expect((failure as unknown as { deliveries: unknown }).deliveries).toMatchObject([
      { delivered: 10_000, dropped: 5 },
    ]);
  });

  test("holds at most 32 MiB", async () => {
    const { seen, onError } = listen();
    const logger = new Logger(newState(), recorder({ init: never }), { onError });
    const image = { data: new Uint8Array(10 * 2 ** 20), shape: [1, 2 ** 10, 10 * 2 ** 10] };
    for (let i = 0; i < 5; i++) logger.logImages(image);
    expect(codesOf(seen)).toEqual(["RECORDS_DROPPED", "RECORDS_DROPPED"]);
  });

  test("takes files when it has started", async () => {
    let start!: () => void;
    const asked: string[] = [];
    const destination = recorder({
      init: () => new Promise<void>((resolve) => (start = resolve)),
      uploadFile: (request) => {
        asked.push(request.remoteFileName);
        return {
          staged: Promise.resolve(),
          uploaded: Promise.resolve([{ destination: "d", name: "x", size: 1 }]),
        };
      },
    });
    const logger = new Logger(newState(), destination);
    const upload = logger.uploadFile("x", "/tmp/x");
    expect(asked).toEqual([]);
    start();
    expect(await upload.uploaded).toEqual([{ destination: "d", name: "x", size: 1 }]);
  });
});

describe("flush", () => {
  test("goes through destinations that make files before those that take them", async () => {
    const order: string[] = [];
    const uploader = recorder({
      name: "uploader",
      uploadFile: () => ({ staged: Promise.resolve(), uploaded: Promise.resolve([]) }),
      flush: async () => void order.push("uploader"),
    });
    const maker = recorder({
      name: "maker",
      flush: async () => {
        await Promise.resolve();
        order.push("maker");
      },
    });
    await new Logger(newState(), [uploader, maker]).flush();
    expect(order).toEqual(["maker", "uploader"]);
  });

  test("waits for every destination before it rejects with all errors", async () => {
    const { onError } = listen();
    let finished = false;
    const failing = recorder({ flush: () => Promise.reject(new Error("first")) });
    const slow = recorder({
      flush: async () => {
        await Promise.resolve();
        await Promise.resolve();
        finished = true;
      },
    });
    const failure = await rejectionOf(new Logger(newState(), [failing, slow], { onError }).flush());
    expect(failure.errors).toMatchObject([{ message: "first", code: "DESTINATION_FAILED" }]);
    expect(finished).toBe(true);
  });

  test("ends when its signal is aborted, whatever hangs", async () => {
    const stop = new AbortController();
    const flushed = new Logger(newState(), recorder({ flush: never })).flush({ signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(flushed).rejects.toThrow("enough");
  });
});

describe("close", () => {
  test("lets every destination close before those that take files drain, and drains only what closed", async () => {
    const order: string[] = [];
    const { onError } = listen();
    const step = (name: string, overrides: Partial<LoggerDestination> = {}): LoggerDestination =>
      recorder({
        name,
        close: async () => void order.push(`${name} close`),
        postClose: async () => void order.push(`${name} postClose`),
        ...overrides,
      });
    const uploader = step("uploader", {
      uploadFile: () => {
        order.push("uploadFile");
        return { staged: Promise.resolve(), uploaded: Promise.resolve([]) };
      },
    });
    let hand!: () => void;
    const maker = step("maker", {
      init: (run) => void (hand = () => run.uploadFile("log", "/tmp/log")),
      close: async () => {
        await Promise.resolve();
        hand();
        order.push("maker close");
      },
    });
    const broken = step("broken", { close: () => Promise.reject(new Error("x")) });
    const logger = new Logger(newState(), [uploader, maker, broken], { onError });
    await rejectionOf(logger.close());
    expect(order).toEqual([
      "uploader close",
      "uploadFile",
      "maker close",
      "maker postClose",
      "uploader postClose",
    ]);
  });

  test("passes on the error that ends the run", async () => {
    const reasons: unknown[] = [];
    const cause = new Error("diverged");
    await new Logger(
      newState(),
      recorder({ close: async (reason) => void reasons.push(reason.error) }),
    ).close({ error: cause });
    expect(reasons).toEqual([cause]);
  });

  test("is done once, however often it is called", async () => {
    let closes = 0;
    const logger = new Logger(newState(), recorder({ close: async () => void closes++ }));
    const results = await Promise.all([logger.close(), logger.close(), logger[Symbol.asyncDispose]()]);
    expect(closes).toBe(1);
    expect(results[0]).toBe(results[1]);
  });

  test("returns on time from destinations that hang in init, close or postClose, and says what is pending", async () => {
    vi.useFakeTimers();
    try {
      const healthy = recorder({ name: "healthy" });
      const logger = new Logger(newState(), [
        recorder({ name: "init", init: never }),
        recorder({ name: "close", close: never }),
        recorder({ name: "postClose", postClose: never }),
        recorder({
          name: "own",
          close: never,
          delivery: () => ({ delivered: 1, pending: 6, dropped: 0, resumeFrom: "/x" }),
        }),
        healthy,
      ]);
      logger.logMetrics({ a: 1 });
      let result: unknown;
      void logger.close({ timeout: 500 }).then((deliveries) => (result = deliveries));
      await vi.advanceTimersByTimeAsync(499);
      expect(result).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1);
      expect(result).toEqual([
        { destination: "init", delivered: 0, pending: 1, dropped: 0 },
        { destination: "close", delivered: 0, pending: 1, dropped: 0 },
        { destination: "postClose", delivered: 0, pending: 1, dropped: 0 },
        { destination: "own", delivered: 1, pending: 6, dropped: 0, resumeFrom: "/x" },
        { destination: "healthy", delivered: 1, pending: 0, dropped: 0 },
      ]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test("aborts what still drains when its time is over", async () => {
    let aborted = false;
    const draining = recorder({
      postClose: (signal) =>
        new Promise((resolve) => signal.addEventListener("abort", () => ((aborted = true), resolve()))),
    });
    await new Logger(newState(), draining).close({ timeout: 1 });
    expect(aborted).toBe(true);
  });

  test("refuses a timeout that is none", async () => {
    await expect(new Logger(newState()).close({ timeout: Number.NaN })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });
});
