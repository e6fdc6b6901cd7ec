import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MetricReader } from "../src/metric-set.ts";

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 8 });
const metrics = names.chain((keys) =>
  fc
    .array(fc.double(), { minLength: keys.length, maxLength: keys.length })
    .map((values) => Object.fromEntries(keys.map((key, i) => [key, values[i]!]))),
);

describe("a metric reader", () => {
  test("reads any sequence of metrics as the objects hold them", () => {
    fc.assert(
      fc.property(fc.array(metrics, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (calls, repeats) => {
        const reader = new MetricReader();
        for (let round = 0; round < repeats; round++) {
          for (const call of calls) {
            const set = reader.read(call);
            expect([...set]).toEqual(Object.entries(call));
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("gives the same array of names for the same set of names", () => {
    const reader = new MetricReader();
    const train = reader.read({ loss: 1, lr: 2 }).names;
    const evaluation = reader.read({ accuracy: 1 }).names;
    for (let i = 0; i < 100; i++) {
      expect(reader.read({ loss: i, lr: i }).names).toBe(train);
      if (i % 3 === 0) expect(reader.read({ accuracy: i }).names).toBe(evaluation);
    }
  });

  test("remembers a bounded number of sets of names", () => {
    const reader = new MetricReader();
    const seen = new Set<readonly string[]>();
    for (let i = 0; i < 10_000; i++) seen.add(reader.read({ [`metric ${i}`]: i }).names);
    for (let i = 0; i < 10_000; i++) seen.add(reader.read({ [`metric ${i}`]: i }).names);
    expect(seen.size).toBeGreaterThan(19_000);
  });

  test("reads more names than it has room for at first", () => {
    const reader = new MetricReader();
    for (const size of [10, 1_000, 10, 3]) {
      const call = Object.fromEntries(Array.from({ length: size }, (_, i) => [`m${i}`, i]));
      for (let i = 0; i < 20; i++) expect(Object.fromEntries(reader.read(call))).toEqual(call);
    }
  });

  test("takes numbers, booleans, safe bigints and tensors of one element", () => {
    const reader = new MetricReader();
    const call = {
      a: true,
      b: 5n,
      c: Float32Array.of(0.5),
      d: { data: [7], shape: [1, 1] },
      e: Number.NaN,
      f: false,
    };
    for (let i = 0; i < 20; i++)
      expect([...reader.read(call)].map(([, value]) => value)).toEqual([1, 5, 0.5, 7, Number.NaN, 0]);
  });

  test("does not mistake names of objects for its own", () => {
    const reader = new MetricReader();
    const call = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}') as Record<string, number>;
    for (let i = 0; i < 20; i++) {
      expect([...reader.read(call)]).toEqual([
        ["__proto__", 1],
        ["constructor", 2],
        ["toString", 3],
      ]);
    }
  });

  test("keeps a copy that later calls do not change", () => {
    const reader = new MetricReader();
    const kept = reader.read({ a: 1 }).keep();
    reader.read({ a: 2 });
    expect([...kept]).toEqual([["a", 1]]);
  });
});
