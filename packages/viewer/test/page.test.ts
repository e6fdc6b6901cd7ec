import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, formatNumber } from "../src/page/format.ts";
import { smooth } from "../src/page/smooth.ts";
import { sortRows } from "../src/page/sorting.tsx";
import { decodeCurves, encodeCurves } from "../src/protocol.ts";

describe("smoothing", () => {
  it("begins at the first value, stays within the extremes, and leaves gaps as they are", () => {
    const values = fc.array(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(NaN)), {
      minLength: 1,
    });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 0.99, noNaN: true }), (given, weight) => {
        const out = smooth(Float64Array.from(given), weight);
        const finite = given.filter((value) => !Number.isNaN(value));
        const [low, high] = [Math.min(...finite), Math.max(...finite)];
        for (const [i, value] of out.entries()) {
          expect(Number.isNaN(value)).toBe(Number.isNaN(given[i]!));
          if (!Number.isNaN(value)) {
            expect(value).toBeGreaterThanOrEqual(low - 1e-6);
            expect(value).toBeLessThanOrEqual(high + 1e-6);
          }
        }
        const first = given.findIndex((value) => !Number.isNaN(value));
        if (first >= 0) expect(out[first]).toBeCloseTo(given[first]!, 5);
      }),
      { seed: Number(process.env["SEED"]) },
    );
  });
});

describe("sorting of tables", () => {
  it("puts numbers by size, texts by the alphabet, and what is empty last, in both directions", () => {
    const rows = [[10], [null], [9], ["b"], [2]];
    expect(sortRows(rows, { column: 0, isDescending: false }).map(([cell]) => cell)).toEqual([
      2,
      9,
      10,
      "b",
      null,
    ]);
    expect(sortRows(rows, { column: 0, isDescending: true }).map(([cell]) => cell)).toEqual([
      "b",
      10,
      9,
      2,
      null,
    ]);
    expect(sortRows(rows, undefined)).toBe(rows);
  });
});

describe("numbers and times", () => {
  it.for([
    [0.123456789, "0.1235"],
    [1234567, "1234567"],
    [0.00001234, "1.23e-5"],
    [NaN, "NaN"],
    ["Infinity", "Infinity"],
    [null, "–"],
  ] as const)("%s is shown as %s", ([value, text]) => {
    expect(formatNumber(value)).toBe(text);
  });

  it("are as long as people say", () => {
    expect([59_000, 61_000, 3_700_000, 90_000_000].map(formatDuration)).toEqual([
      "59 s",
      "1 min 1 s",
      "1 h 1 min",
      "1 d 1 h",
    ]);
  });
});

describe("curves as bytes", () => {
  it("are the same curves again, whatever the names in them", () => {
    const column = fc.array(fc.double(), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: "binary" }), column), { maxLength: 5 }), (given) => {
        const curves = given.map(([metric, values]) => {
          const numbers = Float64Array.from(values);
          const columns = {
            step: numbers,
            time: numbers,
            epoch: numbers,
            min: numbers,
            max: numbers,
            mean: numbers,
          };
          return {
            run: "r",
            metric,
            rank: 0,
            total: 1,
            size: 1,
            append: false,
            sorted: true,
            nonFinite: 0,
            ...columns,
          };
        });
        expect(decodeCurves(encodeCurves(curves).buffer)).toEqual(curves);
      }),
      { seed: Number(process.env["SEED"]), numRuns: 20 },
    );
  });
});
