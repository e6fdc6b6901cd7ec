import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { downsample } from "../src/index.ts";

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ noNaN: true }) },
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
);
const curve = fc.array(value, { maxLength: 400 }).map((y) => Float64Array.from(y));
const count = fc.integer({ min: 2, max: 60 });
const places = (y: Float64Array): Float64Array => Float64Array.from(y, (_, i) => i);
const finiteOrInfinite = (y: Float64Array): number[] => [...y].filter((v) => !Number.isNaN(v));

describe("downsample", () => {
  test("gives exactly the points asked for, or all if there are fewer, and each is a point of the curve", () => {
    fc.assert(
      fc.property(curve, count, (y, points) => {
        const x = Float64Array.from(y, (_, i) => i * 10);
        const chosen = downsample(x, y, points);
        expect(chosen.indices).toHaveLength(Math.min(points, y.length));
        expect([...chosen.x]).toEqual(Array.from(chosen.indices, (i) => x[i]));
        expect([...chosen.y]).toEqual(Array.from(chosen.indices, (i) => y[i]));
        for (let i = 1; i < chosen.indices.length; i++) {
          expect(chosen.indices[i]).toBeGreaterThan(chosen.indices[i - 1]!);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("keeps the first, the last, the lowest and the highest point", () => {
    fc.assert(
      fc.property(curve, fc.integer({ min: 4, max: 60 }), (y, points) => {
        fc.pre(y.length > 0);
        const chosen = downsample(places(y), y, points);
        expect(chosen.indices[0]).toBe(0);
        expect(chosen.indices.at(-1)).toBe(y.length - 1);
        const all = finiteOrInfinite(y);
        const kept = finiteOrInfinite(chosen.y);
        expect(kept.length > 0 && Math.min(...kept)).toBe(all.length > 0 && Math.min(...all));
        expect(kept.length > 0 && Math.max(...kept)).toBe(all.length > 0 && Math.max(...all));
      }),
      { numRuns: 500 },
    );
  });

  test("keeps a gap that is long enough to be seen", () => {
    const gappy = fc
      .record({
        y: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 50, maxLength: 2000 }),
        points: fc.integer({ min: 5, max: 49 }),
        start: fc.nat(),
      })
      .map(({ y, points, start }) => {
        const length = Math.ceil((4 * y.length) / (points - 2));
        const from = start % Math.max(1, y.length - length);
        return { y: Float64Array.from(y).fill(NaN, from, from + length), points };
      });
    fc.assert(
      fc.property(gappy, ({ y, points }) => {
        expect([...downsample(places(y), y, points).y].some(Number.isNaN)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("never takes NaN where the stretch has values", () => {
    const y = Float64Array.from({ length: 10_000 }, (_, i) => (i % 2 === 1 ? NaN : Math.sin(i / 100)));
    const chosen = downsample(places(y), y, 100);
    expect([...chosen.y.subarray(0, 99)].some(Number.isNaN)).toBe(false);
    expect(chosen.y[99]).toBeNaN();
  });

  test("keeps each of some lonely spikes among a million points, also beside a gap", () => {
    const y = Float64Array.from({ length: 1_000_000 }, (_, i) => Math.sin(i / 1e5));
    const spikes = [1234, 300_000, 312_000, 777_777];
    spikes.forEach((at, i) => (y[at] = i % 2 === 0 ? 50 + i : -50 - i));
    y.fill(NaN, 300_001, 305_000);
    const { indices } = downsample(places(y), y, 2000);
    expect(indices).toHaveLength(2000);
    for (const at of spikes) expect(indices).toContain(at);
  });

  test("looks like the curve: no value of it is far from the line through the chosen points", () => {
    const y = Float64Array.from({ length: 100_000 }, (_, i) => Math.exp(-i / 2e4) + 0.1 * Math.sin(i / 3e3));
    const chosen = downsample(places(y), y, 400);
    let worst = 0;
    for (let k = 1; k < chosen.indices.length; k++) {
      const [a, b] = [chosen.indices[k - 1]!, chosen.indices[k]!];
      for (let i = a; i <= b; i++) {
        worst = Math.max(worst, Math.abs(y[i]! - (y[a]! + ((y[b]! - y[a]!) * (i - a)) / (b - a))));
      }
    }
    expect(worst).toBeLessThan(0.005);
  });

  test.each([
    ["x is an array", [[1], new Float64Array(1), 2], "x must be a Float64Array, got an array of 1"],
    ["y is missing", [new Float64Array(1), undefined, 2], "y must be a Float64Array, got undefined"],
    ["the lengths differ", [new Float64Array(1), new Float64Array(2), 2], "got 1 and 2"],
    [
      "one point is asked for",
      [new Float64Array(9), new Float64Array(9), 1],
      "points must be an integer of at least 2",
    ],
    ["points is NaN", [new Float64Array(9), new Float64Array(9), NaN], "got NaN"],
  ])("refuses, with a code, when %s", (_, args, message) => {
    const call = (): unknown => downsample(...(args as Parameters<typeof downsample>));
    expect(call).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(call).toThrow(message);
  });
});
