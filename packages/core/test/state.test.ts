import { afterEach, describe, expect, it, vi } from "vitest";
import type { Event } from "../src/event.ts";
import { State } from "../src/state.ts";
import { Time } from "../src/time.ts";
import { Timestamp } from "../src/timestamp.ts";

/** A clock that the test turns. */
function clock(start = 1_000_000): { now: () => number; time: number } {
  const hands = { time: start, now: () => hands.time };
  return hands;
}

describe("new State", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.useRealTimers();
  });

  it("has documented defaults", () => {
    vi.useFakeTimers({ now: 1_795_377_236_109 });
    const state = new State();
    expect(state.runName).toMatch(/^1795377236-[a-z]+-[a-z]+$/);
    expect(state.maxDuration).toBeUndefined();
    expect(state.timestamp).toEqual(new Timestamp());
    expect(state.ranks).toEqual({ rank: 0, localRank: 0, nodeRank: 0, worldSize: 1, localWorldSize: 1 });
    expect(state.now()).toBe(1_795_377_236_109);
  });

  it("takes every option", () => {
    const state = new State({
      runName: "mnist",
      maxDuration: "10ep",
      timestamp: new Timestamp({ batch: 7 }),
      ranks: { rank: 1, worldSize: 2 },
      now: () => 42,
    });
    expect(state.runName).toBe("mnist");
    expect(state.maxDuration).toEqual(new Time(10, "ep"));
    expect(state.timestamp.batch).toBe(7);
    expect(state.ranks).toMatchObject({ rank: 1, worldSize: 2 });
    expect(state.now()).toBe(42);
    expect(new State({ maxDuration: Time.parse("1h") }).maxDuration?.toString()).toBe("3600sec");
  });

  it("takes undefined as not given", () => {
    const options = {
      runName: undefined,
      maxDuration: undefined,
      timestamp: undefined,
      ranks: undefined,
      now: undefined,
    };
    expect(new State(options).timestamp).toEqual(new Timestamp());
  });

  it("reads the ranks from the environment when it is made", () => {
    vi.stubEnv("WORLD_SIZE", "4");
    vi.stubEnv("RANK", "3");
    expect(new State({ runName: "x" }).ranks.rank).toBe(3);
    expect(() => new State()).toThrow(expect.objectContaining({ code: "RUN_NAME_REQUIRED" }));
  });

  it.each([
    [{ runName: "" }, "INVALID_NAME"],
    [{ runName: 5 }, "INVALID_NAME"],
    [{ maxDuration: "soon" }, "INVALID_TIME"],
    [{ maxDuration: 5 }, "INVALID_TIME"],
    [{ maxDuration: null }, "INVALID_TIME"],
    [{ timestamp: {} }, "INVALID_TIME"],
    [{ timestamp: null }, "INVALID_TIME"],
    [{ timestamp: 5 }, "INVALID_TIME"],
    [{ ranks: { rank: 1 } }, "INVALID_RANK"],
    [{ ranks: null }, "INVALID_RANK"],
    [{ ranks: 1 }, "INVALID_RANK"],
    [{ now: 5 }, "INVALID_ARGUMENT"],
    [{ now: null }, "INVALID_ARGUMENT"],
    [{ now: () => Number.NaN }, "INVALID_ARGUMENT"],
    [{ now: () => new Date() }, "INVALID_ARGUMENT"],
    [null, "INVALID_ARGUMENT"],
    ["mnist", "INVALID_ARGUMENT"],
  ])("refuses %j with %s", (options, code) => {
    expect(() => new State(options as never)).toThrow(expect.objectContaining({ code }));
  });
});

describe("advancing a state", () => {
  it("advances first, and then notifies", () => {
    const state = new State();
    const seen: unknown[] = [];
    state.subscribe((event) => {
      const { iteration, epoch, batch } = state.timestamp;
      seen.push([event, iteration, epoch, batch]);
    });
    state.nextBatch();
    state.nextEpoch();
    state.nextIteration();
    expect(seen).toEqual([
      ["batchEnd", 0, 0, 1],
      ["epochEnd", 0, 1, 1],
      ["iterationEnd", 1, 1, 1],
    ]);
  });

  it("counts samples and tokens, 0 by default", () => {
    const state = new State();
    state.nextBatch({ samples: 32, tokens: 64 });
    state.nextBatch();
    state.nextBatch({ samples: undefined, tokens: undefined });
    state.nextBatch({ samples: 1 });
    expect(state.timestamp).toMatchObject({ batch: 4, sample: 33, token: 64 });
  });

  it("keeps the timestamps that were handed out", () => {
    const state = new State();
    const before = state.timestamp;
    state.nextBatch();
    expect(before.batch).toBe(0);
    expect(state.timestamp).not.toBe(before);
  });

  it("adds the time since the last advance, in milliseconds", () => {
    const hands = clock();
    const state = new State({ now: hands.now });
    hands.time += 100;
    state.nextBatch();
    expect(state.timestamp).toMatchObject({ totalWct: 100, iterationWct: 100, epochWct: 100, batchWct: 100 });
    hands.time += 20.5;
    state.nextBatch();
    expect(state.timestamp).toMatchObject({
      totalWct: 120.5,
      iterationWct: 120.5,
      epochWct: 120.5,
      batchWct: 20.5,
    });
    hands.time += 5;
    state.nextEpoch();
    expect(state.timestamp).toMatchObject({ totalWct: 125.5, iterationWct: 125.5, epochWct: 0, batchWct: 0 });
    hands.time += 5;
    state.nextIteration();
    expect(state.timestamp).toMatchObject({ totalWct: 130.5, iterationWct: 0, epochWct: 0, batchWct: 0 });
  });

  it("adds nothing for a clock that was set back, and goes on from there", () => {
    const hands = clock();
    const state = new State({ now: hands.now });
    hands.time -= 500;
    state.nextBatch();
    expect(state.timestamp.totalWct).toBe(0);
    hands.time += 30;
    state.nextBatch();
    expect(state.timestamp.totalWct).toBe(30);
  });

  it.each([Number.NaN, Infinity, -Infinity])("survives a clock that gives %d for once", (wrong) => {
    const hands = clock();
    const state = new State({ now: hands.now });
    for (const time of [wrong, 1_000_100, 1_000_150]) {
      hands.time = time;
      state.nextBatch();
    }
    expect(state.timestamp).toMatchObject({ batch: 3, totalWct: 50 });
  });

  it.each([{ samples: -1 }, { tokens: 0.5 }, { samples: Number.NaN }, { tokens: "1" }, { samples: null }])(
    "refuses %j without advancing or losing time",
    (advance) => {
      const hands = clock();
      const state = new State({ now: hands.now });
      const listener = vi.fn<(event: Event) => void>();
      state.subscribe(listener);
      hands.time += 10;
      expect(() => {
        state.nextBatch(advance as never);
      }).toThrow(expect.objectContaining({ code: "INVALID_TIME" }));
      expect(listener).not.toHaveBeenCalled();
      expect(state.timestamp).toEqual(new Timestamp());
      hands.time += 10;
      state.nextBatch();
      expect(state.timestamp.totalWct).toBe(20);
    },
  );

  it.each([32, null, "32"])("refuses a bare %j", (advance) => {
    const state = new State();
    expect(() => {
      state.nextBatch(advance as never);
    }).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(state.timestamp.batch).toBe(0);
  });
});

describe("resuming a state", () => {
  it("restores without counting the time between, and without an event", () => {
    const hands = clock();
    const state = new State({ now: hands.now });
    const listener = vi.fn<(event: Event) => void>();
    state.subscribe(listener);
    hands.time += 86_400_000;
    state.restore(new Timestamp({ batch: 7, totalWct: 1000 }));
    expect(listener).not.toHaveBeenCalled();
    hands.time += 10;
    state.nextBatch();
    expect(state.timestamp).toMatchObject({ batch: 8, totalWct: 1010, batchWct: 10 });
  });

  it("restores from JSON, and from a timestamp of another copy of the package", () => {
    const json = new Timestamp({ epoch: 2, batch: 9 }).toJSON();
    const foreign = Object.setPrototypeOf({ ...json }, { toNextBatch: "another" }) as typeof json;
    for (const source of [JSON.parse(JSON.stringify(json)) as typeof json, foreign]) {
      const state = new State();
      state.restore(source);
      state.nextBatch();
      expect(state.timestamp).toMatchObject({ epoch: 2, batch: 10 });
      expect(state.timestamp).toBeInstanceOf(Timestamp);
    }
  });

  it.each([undefined, null, {}, 5, "{}", { ...new Timestamp().toJSON(), batch: "1" }])(
    "refuses to restore %j, and stays as it is",
    (timestamp) => {
      const state = new State({ timestamp: new Timestamp({ batch: 3 }) });
      expect(() => {
        state.restore(timestamp as never);
      }).toThrow(expect.objectContaining({ code: "INVALID_TIME" }));
      expect(state.timestamp.batch).toBe(3);
    },
  );

  it("goes on from its JSON", () => {
    const state = new State({ runName: "mnist", maxDuration: "10ep", ranks: { rank: 1, worldSize: 2 } });
    state.nextBatch({ samples: 3 });
    const text = JSON.stringify(state);
    const resumed = new State(JSON.parse(text) as object);
    expect(resumed.runName).toBe("mnist");
    expect(resumed.maxDuration?.toString()).toBe("10ep");
    expect(resumed.timestamp).toEqual(state.timestamp);
    expect(resumed.ranks.worldSize).toBe(1);
    expect(JSON.stringify(resumed)).toBe(text);
    expect(JSON.parse(JSON.stringify(new State({ runName: "x" })))).toEqual({
      runName: "x",
      timestamp: new Timestamp().toJSON(),
    });
  });
});

describe("subscribing to a state", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("calls listeners in their order until they unsubscribe", () => {
    const state = new State();
    const calls: string[] = [];
    const first = state.subscribe(() => calls.push("first"));
    state.subscribe(() => calls.push("second"));
    state.nextBatch();
    first();
    first();
    state.nextBatch();
    expect(calls).toEqual(["first", "second", "second"]);
  });

  it("keeps two subscriptions of one function apart", () => {
    const state = new State();
    const listener = vi.fn<(event: Event) => void>();
    const unsubscribe = state.subscribe(listener);
    state.subscribe(listener);
    unsubscribe();
    state.nextBatch();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it("lets a listener subscribe and unsubscribe, for the next event", () => {
    const state = new State();
    const late = vi.fn<(event: Event) => void>();
    const other = vi.fn<(event: Event) => void>();
    const unsubscribe = state.subscribe(() => {
      unsubscribe();
      unsubscribeOther();
      state.subscribe(late);
    });
    const unsubscribeOther = state.subscribe(other);
    state.nextBatch();
    expect([other, late].map((listener) => listener.mock.calls.length)).toEqual([1, 0]);
    state.nextBatch();
    expect([other, late].map((listener) => listener.mock.calls.length)).toEqual([1, 1]);
  });

  it("keeps what a listener throws from the loop and the other listeners, and shows the first", () => {
    const shown = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const state = new State();
    const errors = [new Error("one"), new Error("two")];
    const other = vi.fn<(event: Event) => void>();
    state.subscribe(() => {
      throw errors[state.timestamp.batch - 1]!;
    });
    state.subscribe(other);
    state.nextBatch();
    state.nextBatch();
    expect(other).toHaveBeenCalledTimes(2);
    expect(state.timestamp.batch).toBe(2);
    expect(shown.mock.calls).toEqual([[expect.stringContaining("batchEnd"), errors[0]]]);
    state.subscribe(() => {
      throw errors[1]!;
    });
    state.nextEpoch();
    expect(shown).toHaveBeenCalledTimes(2);
    expect(shown).toHaveBeenLastCalledWith(expect.stringContaining("epochEnd"), errors[1]);
  });

  it("keeps what an asynchronous listener rejects with from the process", async () => {
    const rejection = new Error("later");
    const { promise, resolve } = Promise.withResolvers<unknown[]>();
    vi.spyOn(console, "error").mockImplementation((...data) => {
      resolve(data);
    });
    const state = new State();
    state.subscribe(() => Promise.reject(rejection) as never);
    state.nextBatch();
    expect(await promise).toEqual([expect.stringContaining("batchEnd"), rejection]);
  });

  it("takes any result of a listener", () => {
    const shown = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const state = new State();
    for (const result of [5, null, "x", {}]) state.subscribe(() => result as never);
    state.nextBatch();
    expect(shown).not.toHaveBeenCalled();
  });

  it("wants a function", () => {
    for (const listener of [undefined, null, {}, "batchEnd"]) {
      expect(() => new State().subscribe(listener as never)).toThrow(
        expect.objectContaining({ name: "MlogTypeError", code: "INVALID_ARGUMENT" }),
      );
    }
  });
});
