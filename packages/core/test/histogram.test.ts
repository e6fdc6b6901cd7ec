import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { computeHistogram } from "../src/histogram.ts";
import type { Histogram } from "../src/records.ts";
import type { TensorLike } from "../src/tensor.ts";
import { type TensorCopy, copyTensor } from "./copy-tensor.ts";
import { thrownBy } from "./recorder.ts";

function histogram(values: TensorLike, bins?: number): Histogram {
  const { data, dtype } = copyTensor(values, "values") as TensorCopy;
  return computeHistogram("h", data, dtype, bins);
}

/** By definition: the bin is the last one whose left edge is not beyond the value. */
function countNaively(values: readonly number[], edges: Float64Array): number[] {
  const bins = edges.length - 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values.filter(Number.isFinite)) {
    let bin = 0;
    for (let b = 0; b < bins; b++) if (edges[b]! <= value) bin = b;
    counts[bin]!++;
  }
  return counts;
}

describe("bins", () => {
  test("go from the smallest to the largest value, and the last one includes its right edge", () => {
    expect(histogram(Float32Array.of(0, 1, 2, 3, 4), 4)).toStrictEqual({
      name: "h",
      counts: Float64Array.of(1, 1, 1, 2),
      edges: Float64Array.of(0, 1, 2, 3, 4),
      nonFinite: { nan: 0, infinity: 0, negativeInfinity: 0 },
    });
  });

  test("are 64 by default, 1 to 512", () => {
    expect(histogram([1, 2]).counts).toHaveLength(64);
    expect(histogram([1, 2], 1).counts).toStrictEqual(Float64Array.of(2));
    expect(histogram([1, 2], 512).counts).toHaveLength(512);
  });

  test.each([0, 513, 1.5, -1, NaN, Infinity, "64", null])("cannot be %s", (bins) => {
    const error = thrownBy(() => histogram([1], bins as number));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.message).toContain("bins");
  });

  test("of equal values reach half a unit to both sides, as in NumPy", () => {
    const { edges, counts } = histogram(new Float32Array(10).fill(3), 4);
    expect(edges).toStrictEqual(Float64Array.of(2.5, 2.75, 3, 3.25, 3.5));
    expect(counts).toStrictEqual(Float64Array.of(0, 0, 10, 0));
  });

  test.each([2 ** 60, -(2 ** 60), Number.MAX_VALUE, -Number.MAX_VALUE])(
    "of values that all are %d are still apart",
    (value) => {
      const { edges, counts } = histogram([value, value], 512);
      expect(new Set(edges).size).toBe(513);
      expect(edges.every(Number.isFinite)).toBe(true);
      expect(counts.reduce((sum, count) => sum + count)).toBe(2);
    },
  );

  test("without a finite value go from 0 to 1 and are empty", () => {
    const empty = { counts: Float64Array.of(0, 0), edges: Float64Array.of(0, 0.5, 1) };
    expect(histogram(new Float32Array(0), 2)).toMatchObject({ ...empty, nonFinite: { nan: 0 } });
    expect(histogram([NaN, Infinity], 2)).toMatchObject({ ...empty, nonFinite: { nan: 1, infinity: 1 } });
  });
});

test("values that no bin can hold are counted apart", () => {
  const values = [NaN, 1, Infinity, -Infinity, NaN, 3, NaN, -Infinity];
  expect(histogram(values, 2)).toMatchObject({
    counts: Float64Array.of(1, 1),
    edges: Float64Array.of(1, 2, 3),
    nonFinite: { nan: 3, infinity: 1, negativeInfinity: 2 },
  });
});

test.each([
  ["uint8", Uint8Array.of(0, 1, 2)],
  ["int8", Int8Array.of(0, 1, 2)],
  ["uint16", Uint16Array.of(0, 1, 2)],
  ["int16", Int16Array.of(0, 1, 2)],
  ["uint32", Uint32Array.of(0, 1, 2)],
  ["int32", Int32Array.of(0, 1, 2)],
  ["uint64", BigUint64Array.of(0n, 1n, 2n)],
  ["int64", BigInt64Array.of(0n, 1n, 2n)],
  ["float16", Uint16Array.of(0, 0x3c00, 0x4000)],
  ["bfloat16", Uint16Array.of(0, 0x3f80, 0x4000)],
  ["float32", Float32Array.of(0, 1, 2)],
  ["float64", Float64Array.of(0, 1, 2)],
] as [string, TensorLike & { length: number }][])("counts %s", (dtype, data) => {
  expect(histogram({ data, shape: [3], dtype } as TensorLike, 2)).toMatchObject({
    counts: Float64Array.of(1, 2),
    edges: Float64Array.of(0, 1, 2),
  });
});

test("counts booleans", () => {
  expect(histogram([true, false, true], 2).counts).toStrictEqual(Float64Array.of(1, 2));
});

test("counts more values than it looks at together", () => {
  const values = Float32Array.from({ length: 10_000 }, (_, i) => i);
  expect(histogram(values, 10).counts).toStrictEqual(new Float64Array(10).fill(1000));
  values[9999] = NaN;
  expect(histogram(values, 1)).toMatchObject({ counts: Float64Array.of(9999), nonFinite: { nan: 1 } });
});

test("is frozen", () => {
  const result = histogram([1, 2]);
  expect(Object.isFrozen(result) && Object.isFrozen(result.nonFinite)).toBe(true);
});

describe("properties", () => {
  const bins = fc.integer({ min: 1, max: 70 });
  // Of all magnitudes, of a few units in the last place around one value, and of few distinct values.
  const values = fc.oneof(
    fc.array(fc.double()),
    fc.array(fc.double({ min: -10, max: 10 })),
    fc
      .tuple(fc.double({ noNaN: true }), fc.array(fc.nat(100)))
      .map(([from, steps]) => steps.map((step) => from * (1 + step * 2 ** -52))),
    fc.array(fc.constantFrom(-0, 0, 1, 2, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, NaN, Infinity)),
  );

  test("every value is counted where the edges say", () => {
    fc.assert(
      fc.property(values, bins, (given, count) => {
        const { counts, edges, nonFinite } = histogram(given, count);
        const finite = given.filter(Number.isFinite);
        expect(Array.from(counts)).toEqual(countNaively(given, edges));
        expect(edges).toHaveLength(count + 1);
        expect(edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || edge >= edges[i - 1]!))).toBe(
          true,
        );
        expect(finite.every((value) => value >= edges[0]! && value <= edges[count]!)).toBe(true);
        expect(nonFinite.nan + nonFinite.infinity + nonFinite.negativeInfinity + finite.length).toBe(
          given.length,
        );
        if (new Set(finite).size > 1) {
          // Numerically: the order of 0 and -0 is not fixed.
          expect(Math.min(...finite) === edges[0] && Math.max(...finite) === edges[count]).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("the bins are equally wide", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        bins,
        (low, width, count) => {
          const { edges } = histogram([low, low + width], count);
          for (let i = 0; i < count; i++) expect(edges[i + 1]! - edges[i]!).toBeCloseTo(width / count, 6);
        },
      ),
    );
  });
});
