import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ExtendedJson, parseExtended, stringifyExtended } from "../src/extended-json.ts";

const values = fc.letrec<{ value: ExtendedJson }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false, NaN, Infinity, -Infinity),
    fc.double().map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.string({ unit: "binary" }),
    fc.constantFrom("NaN", '"NaN"', "-Infinity", '\\"Infinity'),
    fc.bigInt().filter((value) => !Number.isSafeInteger(Number(value))),
    fc.array(tie("value")),
    fc.dictionary(fc.string(), tie("value")),
  ),
})).value;

describe("extended JSON", () => {
  test("has bare words for what JSON cannot say, and whole numbers without a point", () => {
    const value = { nan: NaN, inf: [Infinity, -Infinity], three: 3, big: 2n ** 60n, tiny: 1e-7, text: "NaN" };
    expect(stringifyExtended(value)).toBe(
      '{"nan":NaN,"inf":[Infinity,-Infinity],"three":3,"big":1152921504606846976,"tiny":1e-7,"text":"NaN"}',
    );
  });

  test("reads back what was written", () => {
    fc.assert(
      fc.property(values, (value) => {
        // Doubles of 2^53 and more print as integers of any length, and are read as such.
        expect(asRead(parseExtended(stringifyExtended(value)))).toEqual(asRead(value));
      }),
    );
  });

  test("refuses what is neither", () => {
    expect(() => parseExtended("{NaN:1}")).toThrow(SyntaxError);
    expect(() => parseExtended('{"a":nan}')).toThrow(SyntaxError);
  });
});

function asRead(value: ExtendedJson): unknown {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const text = JSON.stringify(value);
    return text.includes("e") ? value : BigInt(text);
  }
  if (Array.isArray(value)) return value.map(asRead);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, element]) => [key, asRead(element)]));
}
