import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Time } from "../src/time.ts";
import { Timestamp, type TimestampFields } from "../src/timestamp.ts";

const COUNTERS = [
  "iteration",
  "epoch",
  "batch",
  "sample",
  "token",
  "epochInIteration",
  "tokenInIteration",
  "batchInEpoch",
  "sampleInEpoch",
  "tokenInEpoch",
] as const;
const DURATIONS = ["totalWct", "iterationWct", "epochWct", "batchWct"] as const;
const FIELDS = [...COUNTERS, ...DURATIONS];

const count = fc.maxSafeNat();
const ms = fc.double({ min: 0, max: 1e15, noNaN: true }).map((value) => value + 0);
const anyFields: fc.Arbitrary<TimestampFields> = fc.record(
  Object.fromEntries([...COUNTERS.map((name) => [name, count]), ...DURATIONS.map((name) => [name, ms])]),
) as never;

const invalid = (kind: "MlogTypeError" | "MlogRangeError", named: string): unknown =>
  expect.objectContaining({ name: kind, code: "INVALID_TIME", message: expect.stringContaining(named) });

describe("a new timestamp", () => {
  it("has the fourteen fields, all zero", () => {
    expect(Object.entries(new Timestamp())).toEqual(FIELDS.map((name) => [name, 0]));
  });

  it.each(FIELDS)("takes %s and leaves the others at zero", (name) => {
    expect(new Timestamp({ [name]: 3 }).toJSON()).toEqual({ ...new Timestamp().toJSON(), [name]: 3 });
  });

  it.each(COUNTERS)("wants a non-negative safe integer as %s", (name) => {
    for (const value of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(() => new Timestamp({ [name]: value })).toThrow(invalid("MlogRangeError", name));
    }
    for (const value of ["1", 1n, null, {}]) {
      expect(() => new Timestamp({ [name]: value as never })).toThrow(invalid("MlogTypeError", name));
    }
  });

  it.each(DURATIONS)("wants non-negative finite milliseconds as %s", (name) => {
    for (const value of [-1, Number.NaN, Infinity]) {
      expect(() => new Timestamp({ [name]: value })).toThrow(invalid("MlogRangeError", name));
    }
    for (const value of ["1", 1n, null, {}]) {
      expect(() => new Timestamp({ [name]: value as never })).toThrow(invalid("MlogTypeError", name));
    }
    expect(new Timestamp({ [name]: 0.5 })[name]).toBe(0.5);
  });
});

describe("advancing a timestamp", () => {
  it("counts and resets as Composer does", () => {
    const first = new Timestamp().toNextBatch({ samples: 10, tokens: 20, duration: 5 });
    expect(first.toJSON()).toEqual({
      ...new Timestamp().toJSON(),
      batch: 1,
      batchInEpoch: 1,
      sample: 10,
      sampleInEpoch: 10,
      token: 20,
      tokenInEpoch: 20,
      tokenInIteration: 20,
      totalWct: 5,
      iterationWct: 5,
      epochWct: 5,
      batchWct: 5,
    });

    const epoch = first.toNextEpoch({ duration: 6 });
    expect(epoch.toJSON()).toEqual({
      ...first.toJSON(),
      epoch: 1,
      epochInIteration: 1,
      batchInEpoch: 0,
      sampleInEpoch: 0,
      tokenInEpoch: 0,
      totalWct: 11,
      iterationWct: 11,
      epochWct: 0,
      batchWct: 0,
    });

    const second = epoch.toNextBatch({ samples: 5, tokens: 1, duration: 10 });
    expect(second.toJSON()).toEqual({
      ...epoch.toJSON(),
      batch: 2,
      batchInEpoch: 1,
      sample: 15,
      sampleInEpoch: 5,
      token: 21,
      tokenInEpoch: 1,
      tokenInIteration: 21,
      totalWct: 21,
      iterationWct: 21,
      epochWct: 10,
      batchWct: 10,
    });

    const iteration = second.toNextIteration({ duration: 7 });
    expect(iteration.toJSON()).toEqual({
      ...second.toJSON(),
      iteration: 1,
      epochInIteration: 0,
      tokenInIteration: 0,
      batchInEpoch: 0,
      sampleInEpoch: 0,
      tokenInEpoch: 0,
      totalWct: 28,
      iterationWct: 0,
      epochWct: 0,
      batchWct: 0,
    });
  });

  it("has 0 as the default of samples, tokens and duration", () => {
    const start = new Timestamp({ sample: 3, token: 4, totalWct: 5, batchWct: 2 });
    expect(start.toNextBatch().toJSON()).toEqual({
      ...start.toJSON(),
      batch: 1,
      batchInEpoch: 1,
      batchWct: 0,
    });
    expect(start.toNextBatch({ samples: undefined, tokens: undefined, duration: undefined })).toEqual(
      start.toNextBatch(),
    );
    expect(start.toNextEpoch()).toEqual(start.toNextEpoch({ duration: 0 }));
    expect(start.toNextIteration()).toEqual(start.toNextIteration({ duration: 0 }));
  });

  it("leaves the timestamp itself as it was, and gives all the same shape", () => {
    fc.assert(
      fc.property(anyFields, fc.nat(), fc.nat(), fc.nat(), (fields, samples, tokens, duration) => {
        const start = new Timestamp(fields);
        for (const next of [
          start.toNextBatch({ samples, tokens, duration }),
          start.toNextEpoch({ duration }),
          start.toNextIteration({ duration }),
        ]) {
          expect(next).not.toBe(start);
          expect(Object.keys(next)).toEqual(FIELDS);
          expect(next.totalWct).toBe(start.totalWct + duration);
        }
        expect(start.toJSON()).toEqual(fields);
      }),
    );
  });

  it.each(["samples", "tokens"])("wants a non-negative safe integer as %s", (name) => {
    for (const value of [-1, 0.5, Number.NaN, Infinity]) {
      expect(() => new Timestamp().toNextBatch({ [name]: value })).toThrow(invalid("MlogRangeError", name));
    }
    for (const value of ["1", null, 1n]) {
      expect(() => new Timestamp().toNextBatch({ [name]: value as never })).toThrow(
        invalid("MlogTypeError", name),
      );
    }
  });

  it.each(["toNextBatch", "toNextEpoch", "toNextIteration"] as const)(
    "%s wants an object with a duration",
    (method) => {
      for (const duration of [-1, Number.NaN, Infinity]) {
        expect(() => new Timestamp()[method]({ duration })).toThrow(invalid("MlogRangeError", "duration"));
      }
      expect(() => new Timestamp()[method]({ duration: "1" as never })).toThrow(
        invalid("MlogTypeError", "duration"),
      );
      for (const advance of [32, null, "32"]) {
        expect(() => new Timestamp()[method](advance as never)).toThrow(
          expect.objectContaining({ name: "MlogTypeError", code: "INVALID_ARGUMENT" }),
        );
      }
    },
  );
});

describe("a timestamp", () => {
  it("copies itself with changes", () => {
    const start = new Timestamp({ epoch: 1 });
    const copy = start.copy({ batch: 2 });
    expect(copy).toMatchObject({ epoch: 1, batch: 2, sample: 0 });
    expect(start.batch).toBe(0);
    expect(() => start.copy({ batch: -2 })).toThrow(invalid("MlogRangeError", "timestamp.batch"));
  });

  it("gives each counter as a time", () => {
    const timestamp = new Timestamp({
      iteration: 1,
      epoch: 2,
      batch: 3,
      sample: 4,
      token: 5,
      totalWct: 6999,
    });
    const times = (["iter", "ep", "ba", "sp", "tok", "sec"] as const).map((unit) =>
      timestamp.get(unit).toString(),
    );
    expect(times).toEqual(["1iter", "2ep", "3ba", "4sp", "5tok", "6sec"]);
    expect(timestamp.get("ba")).toBeInstanceOf(Time);
  });

  it("has no duration, and no unknown units", () => {
    expect(() => new Timestamp().get("dur" as never)).toThrow(
      expect.objectContaining({ code: "INVALID_TIME" }),
    );
    expect(() => new Timestamp().get("constructor" as never)).toThrow(
      expect.objectContaining({ code: "INVALID_TIME" }),
    );
  });

  it("comes back from its JSON", () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const timestamp = new Timestamp(fields);
        const again = Timestamp.from(JSON.parse(JSON.stringify(timestamp)) as TimestampFields);
        expect(again).toEqual(timestamp);
        expect(again.equals(timestamp)).toBe(true);
      }),
    );
  });

  it("equals another only if all fields are the same", () => {
    const timestamp = new Timestamp();
    expect(timestamp.equals(new Timestamp())).toBe(true);
    for (const name of FIELDS) expect(timestamp.equals(timestamp.copy({ [name]: 1 }))).toBe(false);
  });

  it.each(FIELDS)("does not come from an object without %s", (name) => {
    const { [name]: _, ...rest } = new Timestamp().toJSON();
    expect(() => Timestamp.from(rest as TimestampFields)).toThrow(invalid("MlogTypeError", name));
  });

  it.each([undefined, null, 5, "5ba", [], { timestamp: new Timestamp().toJSON() }])(
    "does not come from %j",
    (json) => {
      expect(() => Timestamp.from(json as never)).toThrow(invalid("MlogTypeError", "timestamp.iteration"));
    },
  );

  it("checks what it comes from", () => {
    const json = { ...new Timestamp().toJSON(), batch: -1 };
    expect(() => Timestamp.from(json)).toThrow(invalid("MlogRangeError", "timestamp.batch"));
  });

  it("ignores what a later version may have added", () => {
    const json = { ...new Timestamp({ batch: 3 }).toJSON(), shard: 7 };
    expect(Timestamp.from(json)).toEqual(new Timestamp({ batch: 3 }));
  });
});
