import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frameMemory, Ring, createRing, type FrameMemory } from "../src/ring.ts";
import { HUGE, LAST, MAX_FRAME_WORDS, MAX_NAME_TEXT, ROW, rowWords, SKIP, TEXT } from "../src/frame.ts";
import { NameTable } from "../src/name-table.ts";
import type { FrameEncoder } from "../src/row-encoder/frame-encoder.ts";
import { PlainEncoder } from "../src/row-encoder/plain-encoder.ts";
import { WasmEncoder } from "../src/row-encoder/wasm-encoder.ts";
import { compile, moduleSource } from "../src/row-encoder/assembly/compile.ts";
import { moduleBase64 } from "../src/row-encoder/wasm-module.ts";
import type { RowLayout } from "../src/index.ts";
import { expectedRow } from "./rows.ts";

const bits = new DataView(new ArrayBuffer(8));

function fromBits(value: bigint): number {
  bits.setBigUint64(0, value);
  return bits.getFloat64(0);
}

/** A double next to `value`, `steps` representable numbers away. */
function neighbour(value: number, steps: number): number {
  bits.setFloat64(0, value);
  return fromBits(BigInt.asUintN(64, bits.getBigUint64(0) + BigInt(steps)));
}

/** Doubles of every kind, each kind about equally often. */
const doubles = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(fromBits),
  fc.bigInt({ min: 0n, max: 2n ** 52n - 1n }).map(fromBits),
  fc.double(),
  fc.float(),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.maxSafeInteger(),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(Number),
  fc.integer({ min: -1074, max: 1023 }).map((exponent) => 2 ** exponent),
  fc
    .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: -330, max: 308 }))
    .map(([m, e]) => Number(`${m}e${e}`)),
  fc
    .tuple(fc.integer({ min: -323, max: 308 }), fc.integer({ min: -3, max: 3 }))
    .map(([e, n]) => neighbour(Number(`1e${e}`), n)),
  fc.constantFrom(
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    2 ** -1022,
    Number.MAX_VALUE,
    2 ** 53,
    1e21,
    1e-6,
    1e-7,
  ),
);

const plainLayout: RowLayout = { fields: [], open: "", close: "\n", nonFinite: "bare" };

function memory(words: number): FrameMemory {
  return frameMemory(new ArrayBuffer(words * 8));
}

function putRow(to: FrameMemory, at: number, fields: number[], ids: Uint32Array, values: number[]): number {
  const words = rowWords(fields.length, values.length);
  to.u32.set([(ROW << 16) | words, values.length], at * 2);
  to.f64.set(fields, at + 1);
  to.u32.set(ids.subarray(0, values.length), (at + 1 + fields.length) * 2);
  to.f64.set(values, at + words - values.length);
  return at + words;
}

function putText(to: FrameMemory, at: number, text: string, last: boolean): number {
  const bytes = Buffer.from(text);
  const words = 1 + Math.ceil(bytes.length / 8);
  to.u32.set([(TEXT << 16) | words, last ? bytes.length | LAST : bytes.length], at * 2);
  to.bytes.set(bytes, (at + 1) * 8);
  return at + words;
}

function textOf(encoder: FrameEncoder): string {
  return Buffer.from(encoder.output.subarray(0, encoder.length)).toString();
}

const encoders = [
  {
    name: "plain",
    create: (layout: RowLayout, ring: Ring): FrameEncoder => new PlainEncoder(layout, ring.dictionary),
  },
  {
    name: "WebAssembly",
    create: (layout: RowLayout, ring: Ring): FrameEncoder => new WasmEncoder(layout, ring),
  },
];

describe.each(encoders)("the $name encoder", ({ create }) => {
  test("prints numbers as Number#toString does", () => {
    const ring = new Ring(createRing(65_536));
    const ids = new NameTable(ring).idsOf(["x"])!;
    const encoder = create(plainLayout, ring);
    const frames = memory(MAX_FRAME_WORDS);
    fc.assert(
      fc.property(fc.array(doubles, { minLength: 1, maxLength: 500, size: "max" }), (values) => {
        let end = 0;
        for (const value of values) end = putRow(frames, end, [], ids, [value]);
        encoder.clear();
        expect(encoder.encode(frames, 0, end)).toBe(end);
        expect(encoder.records).toBe(values.length);
        expect(textOf(encoder).split("\n").slice(0, -1)).toEqual(values.map((value) => `"x":${value}`));
      }),
      { numRuns: 200 },
    );
  });

  test("makes the lines that the layout, the names and the values ask for", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 20 });
    fc.assert(
      fc.property(
        fc.record({
          fields: fc.array(text, { maxLength: 8 }),
          open: text,
          close: text,
          nonFinite: fc.constantFrom("quoted" as const, "bare" as const),
        }),
        fc.array(
          fc.record({
            entries: fc.dictionary(fc.string({ unit: "binary", maxLength: 40 }), doubles, { maxKeys: 30 }),
            // Also values that recur from row to row, and the longest that there are.
            fields: fc.array(
              fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -0, 7, -1.7976931348623157e308, 5e-324)),
              { minLength: 8, maxLength: 8 },
            ),
          }),
          { maxLength: 20 },
        ),
        (layout, rows) => {
          const ring = new Ring(createRing(65_536));
          const table = new NameTable(ring);
          const encoder = create(layout, ring);
          const frames = memory(MAX_FRAME_WORDS);
          let end = 0;
          let expected = "";
          for (const row of rows) {
            const names = Object.keys(row.entries);
            const values = Object.values(row.entries);
            const fields = row.fields.slice(0, layout.fields.length);
            // One at a time, so that the dictionary grows between two calls.
            const start = end;
            end = putRow(frames, end, fields, table.idsOf(names)!, values);
            expect(encoder.encode(frames, start, end)).toBe(end);
            expected += expectedRow(fields, names, values, layout);
          }
          expect(textOf(encoder)).toBe(expected);
          expect(encoder.wholeLength).toBe(encoder.length);
        },
      ),
    );
  });

  test("copies text, skips what is unused and stops in front of what it must not take", () => {
    const ring = new Ring(createRing(65_536));
    const ids = new NameTable(ring).idsOf(["x"])!;
    const encoder = create(plainLayout, ring);
    const frames = memory(100);
    let end = putText(frames, 3, "héllo ", false);
    end = putText(frames, end, "wörld\n", true);
    end = putRow(frames, end, [], ids, [1.5]);
    frames.u32[end * 2] = (SKIP << 16) | 5;
    end = putText(frames, end + 5, "begun", false);
    frames.u32[end * 2] = (HUGE << 16) | 1;
    expect(encoder.encode(frames, 3, end + 1)).toBe(end);
    expect(textOf(encoder)).toBe('héllo wörld\n"x":1.5\nbegun');
    expect(encoder.records).toBe(2);
    expect(encoder.wholeLength).toBe(encoder.length - "begun".length);
    encoder.clear();
    expect([encoder.length, encoder.records, encoder.wholeLength]).toEqual([0, 0, 0]);
  });

  test("takes the longest row with the longest names, at the end of a full batch", () => {
    const ring = new Ring(createRing(65_536));
    const table = new NameTable(ring);
    const longest = "n".repeat(MAX_NAME_TEXT - ',"":'.length);
    const [id] = table.idsOf([longest])!;
    expect(table.idsOf([`${longest}n`])).toBeUndefined();
    const encoder = create(plainLayout, ring);
    const frames = memory(MAX_FRAME_WORDS);
    const count = Math.floor((MAX_FRAME_WORDS - 2) / 1.5);
    const values = Array.from({ length: count }, () => -1.7976931348623157e-300);
    const end = putRow(frames, 0, [], new Uint32Array(count).fill(id!), values);
    const filler = memory(MAX_FRAME_WORDS);
    const fillerEnd = putText(filler, 0, "f".repeat(65_528), true);
    for (let i = 0; i < 4; i++) encoder.encode(filler, 0, fillerEnd);
    const before = encoder.length;
    expect(encoder.encode(frames, 0, end)).toBe(end);
    const entry = `"${longest}":-1.7976931348623157e-300`;
    const text = textOf(encoder).slice(before);
    expect(text.length).toBe((entry.length + 1) * count);
    expect(text.startsWith(`${entry},${entry},`) && text.endsWith(`,${entry}\n`)).toBe(true);
    expect(encoder.encode(frames, 0, end)).toBe(0);
  });
});

test(
  "the WebAssembly module in the sources is what its sources compile to",
  { timeout: 60_000 },
  async () => {
    const compiled = await compile();
    expect(Buffer.from(compiled).toString("base64")).toBe(moduleBase64);
    expect(moduleSource(compiled)).toContain(moduleBase64);
  },
);
