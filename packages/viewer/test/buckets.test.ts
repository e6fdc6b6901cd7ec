import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { bucketsBetween } from "../src/worker/buckets.ts";
import { ColumnFile } from "../src/worker/column-file.ts";
import { Series } from "../src/worker/series.ts";
import { survivingRows } from "../src/worker/surviving-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "mlog-buckets-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function seriesOf(values: readonly number[], stride = 1): Series {
  const series = new Series(new ColumnFile(join(folder, `${files++}.columns`), 0));
  for (const [i, value] of values.entries()) series.push(i * stride, 1e12 + i * 7, i, value, 0);
  return series;
}

describe("buckets", () => {
  it("hold every value within their extents, whatever the range and the number of points", () => {
    const anyValue = fc.oneof(
      fc.double({ noNaN: false }),
      fc.constant(NaN),
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(anyValue, { minLength: 1, maxLength: 20_000, size: "max" }),
        fc.integer({ min: 2, max: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, points, a, b) => {
          const last = values.length - 1;
          const [from, to] = [Math.floor(Math.min(a, b) * last), Math.ceil(Math.max(a, b) * last)];
          const buckets = bucketsBetween(seriesOf(values).blocks(), "step", from, to, points);
          expect(buckets.step.length).toBeLessThanOrEqual(points + 3);
          for (let row = from; row <= to; row++) {
            const value = values[row]!;
            if (!Number.isFinite(value)) continue;
            const at = buckets.step.findLastIndex((step) => step <= row);
            expect(buckets.min[at]).toBeLessThanOrEqual(value);
            expect(buckets.max[at]).toBeGreaterThanOrEqual(value);
          }
        },
      ),
      { seed: Number(process.env["SEED"]), numRuns: 40 },
    );
  });

  it("keep a single spike among a million values", () => {
    const values = Array.from({ length: 1_000_000 }, (_, i) => (i === 654_321 ? 1e6 : Math.sin(i)));
    const { max, size } = bucketsBetween(seriesOf(values).blocks(), "step", -Infinity, Infinity, 500);
    expect(size).toBeGreaterThan(1000);
    expect(Math.max(...max)).toBe(1e6);
  });

  it("are the rows themselves where there are few, with NaN as gaps", () => {
    const { step, mean, size } = bucketsBetween(
      seriesOf([1, NaN, 3], 10).blocks(),
      "step",
      -Infinity,
      Infinity,
      10,
    );
    expect([size, [...step], [...mean]]).toEqual([1, [0, 10, 20], [1, NaN, 3]]);
  });

  it("begin at the same rows when the range is moved", () => {
    const blocks = seriesOf(Array.from({ length: 50_000 }, (_, i) => i)).blocks();
    const one = bucketsBetween(blocks, "step", 10_000, 30_000, 100);
    const other = bucketsBetween(blocks, "step", 10_700, 30_700, 100);
    const common = [...one.step].filter((step) => step > 11_000 && step < 30_000);
    expect(other.size).toBe(one.size);
    expect([...other.step]).toEqual(expect.arrayContaining(common));
  });
});

describe("sessions that overlap", () => {
  it("show, per step, what the later one logged", () => {
    const series = new Series(new ColumnFile(join(folder, `${files++}.columns`), 0));
    for (let step = 0; step < 10; step++) series.push(step, step, step, 100 + step, 0);
    for (let step = 5; step < 8; step++) series.push(step, 50 + step, step, 200 + step, 1);
    expect(series.ordered.step).toBe(false);
    const { step, value } = survivingRows(series.blocks(), "step");
    expect([...step]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...value]).toEqual([100, 101, 102, 103, 104, 205, 206, 207, 108, 109]);
  });
});
