import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BLOCK_ROWS, packBlock, readPacked, unpack } from "../src/packed-block.ts";

const line = fc
  .record({
    base: fc.maxSafeInteger(),
    slope: fc.integer(),
    noise: fc.constantFrom(0, 1, 100, 30_000, 2 ** 30, 2 ** 40),
  })
  .chain(({ base, slope, noise }) =>
    fc
      .array(fc.integer({ min: -noise, max: noise }), { minLength: BLOCK_ROWS, maxLength: BLOCK_ROWS })
      .map((noises) => noises.map((distance, row) => base + slope * row + distance)),
  );
const anything = fc.array(fc.oneof(fc.double(), fc.constantFrom(NaN, -0, 0, Infinity)), {
  minLength: BLOCK_ROWS,
  maxLength: BLOCK_ROWS,
});
const constant = fc.double().map((value) => new Array<number>(BLOCK_ROWS).fill(value));
const column = fc.oneof(line, anything, constant);

function rowsOf(columns: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from({ length: BLOCK_ROWS * columns.length }, (_, i) => {
    return columns[i % columns.length]![Math.floor(i / columns.length)]!;
  });
}

function contentOf(block: DataView, layout: readonly number[]): number[][] {
  return layout.map((_, c) =>
    Array.from({ length: BLOCK_ROWS }, (__, row) => readPacked(block, layout, c, row)),
  );
}

describe("a packed block", () => {
  test("gives back every number of every column", () => {
    fc.assert(
      fc.property(column, column, column, fc.boolean(), (a, b, c, relative) => {
        const layout = relative ? [-1, 0, 0] : [-1, -1, -1];
        const block = packBlock(rowsOf([a, b, c]), layout);
        expect(contentOf(block, layout)).toEqual([a, b, c]);
      }),
      { numRuns: 300 },
    );
  });

  test("gives back any stretch of a column", () => {
    const bounds = fc
      .tuple(fc.nat(BLOCK_ROWS), fc.nat(BLOCK_ROWS))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(column, column, bounds, (total, within, [from, to]) => {
        const layout = [-1, 0];
        const out = new Float64Array(to - from + 2).fill(7);
        unpack(packBlock(rowsOf([total, within]), layout), layout, 1, from, to, out, 1);
        expect([...out]).toEqual([7, ...within.slice(from, to), 7]);
      }),
    );
  });

  test.each([
    ["even strides take no room", (row: number) => 1e12 + 32 * row, 0],
    ["a clock that trembles takes a byte", (row: number) => 1.7e12 + 10 * row + (row % 7), 1],
    ["a clock that jumps takes two", (row: number) => 1.7e12 + 10 * row + (row > 100 ? 1000 : 0), 2],
    ["fractions take what they take anywhere", (row: number) => Math.sqrt(row + 1), 8],
  ])("%s", (_, value, bytesPerRow) => {
    const values = Array.from({ length: BLOCK_ROWS }, (__, row) => value(row));
    const empty = packBlock(rowsOf([new Array<number>(BLOCK_ROWS).fill(0)]), [-1]).byteLength;
    expect(packBlock(rowsOf([values]), [-1]).byteLength - empty).toBe(bytesPerRow * BLOCK_ROWS);
  });

  test("stores a counter within an epoch as the epoch's start, which takes room only where it changes", () => {
    const total = Array.from({ length: BLOCK_ROWS }, (_, row) => Math.floor(row ** 1.5));
    const within = total.map((value) => value - 3);
    const alone = packBlock(rowsOf([total, within]), [-1, -1]).byteLength;
    const related = packBlock(rowsOf([total, within]), [-1, 0]).byteLength;
    expect(related).toBeLessThan(alone);
    expect(related).toBe(packBlock(rowsOf([total, total.map(() => 0)]), [-1, -1]).byteLength);
  });
});
