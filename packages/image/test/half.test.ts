import * as fc from "fast-check";
import { expect, it } from "vitest";
import { decodeHalves, roundToHalf } from "../src/half.ts";

it("decodes every float16", () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
  const view = new DataView(all.buffer);
  const expected = Array.from(all, (_, bits) => view.getFloat16(2 * bits, true));
  expect(Array.from(decodeHalves(all, "float16"))).toEqual(expected);
});

it("decodes every bfloat16", () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
  const view = new DataView(new ArrayBuffer(4));
  const expected = Array.from(all, (_, bits) => {
    view.setUint16(0, bits);
    return view.getFloat32(0);
  });
  expect(Array.from(decodeHalves(all, "bfloat16"))).toEqual(expected);
});

it("rounds float32 to float16 as the language does", () => {
  const near = fc.oneof(
    fc.float(),
    fc.float({ min: -70_000, max: 70_000 }),
    fc.float({ min: -(2 ** -12), max: 2 ** -12 }),
  );
  const property = fc.property(near, (value) => {
    expect(roundToHalf(value)).toBe(Math.f16round(value));
  });
  fc.assert(property, { numRuns: 3000 });
});

it.each([
  2 ** -24,
  2 ** -25,
  1.5 * 2 ** -25,
  2 ** -14,
  2047.5,
  2048.5,
  65_519,
  65_520,
  -65_520,
  1 / 3,
  0,
  -0,
])("rounds %d to float16", (value) => expect(roundToHalf(value)).toBe(Math.f16round(Math.fround(value))));
