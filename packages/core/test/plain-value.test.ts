import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toPlain } from "../src/index.ts";

describe("plain values", () => {
  test("equal the JSON that they were made from, and share nothing with it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = toPlain(value);
        expect(JSON.stringify(plain)).toBe(JSON.stringify(value));
        if (typeof value === "object" && value !== null) expect(plain).not.toBe(value);
      }),
    );
  });

  test("are frozen to the bottom, whatever they were made from", () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== "object" ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    fc.assert(
      fc.property(
        fc.anything({ withMap: true, withSet: true, withTypedArray: true, withDate: true }),
        (value) => frozen(toPlain(value)),
      ),
    );
  });

  test.each([
    ["NaN and the infinities", [Number.NaN, Infinity, -Infinity], [Number.NaN, Infinity, -Infinity]],
    ["a bigint", 2n ** 70n, 2n ** 70n],
    ["undefined", undefined, null],
    ["undefined in an object", { a: undefined, b: 1 }, { b: 1 }],
    ["undefined in an array", [undefined], [null]],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["a date that is none", new Date(Number.NaN), "[Invalid Date]"],
    [
      "a map",
      new Map<unknown, unknown>([
        ["a", 1],
        [2, new Set([3])],
      ]),
      { a: 1, "2": [3] },
    ],
    ["a typed array", Float32Array.of(0.5, 1), [0.5, 1]],
    ["a typed array of one element", Float32Array.of(0.5), [0.5]],
    ["a one-element tensor", { shape: [1], dtype: "float32", data: Float32Array.of(0.5) }, 0.5],
    ["a function", function train() {}, "[Function train]"],
    ["a symbol", Symbol("x"), "Symbol(x)"],
    [
      "an error",
      Object.assign(new TypeError("bad"), { code: "X" }),
      { name: "TypeError", code: "X", message: "bad" },
    ],
    ["what has a toJSON", { toJSON: () => ({ a: [1] }) }, { a: [1] }],
    [
      "a toJSON that throws",
      {
        toJSON: () => {
          throw new Error("no");
        },
      },
      "[Threw: no]",
    ],
  ])("keep %s in the documented form", (_, value, plain) => {
    expect(toPlain(value)).toEqual(plain);
  });

  test("cut cycles, and only cycles", () => {
    const shared = { a: 1 };
    const cyclic: Record<string, unknown> = { first: shared, second: shared };
    cyclic["self"] = [cyclic];
    expect(toPlain(cyclic)).toEqual({ first: { a: 1 }, second: { a: 1 }, self: ["[Circular]"] });
  });

  test("end at a stated depth instead of overflowing the stack", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    let plain = toPlain(deep);
    let depth = 0;
    for (; Array.isArray(plain); depth++) plain = (plain as unknown[])[0] as never;
    expect([plain, depth]).toEqual(["[Deep]", 64]);
  });

  test("keep a key called __proto__ as a key", () => {
    const plain = toPlain(JSON.parse('{"__proto__": {"polluted": true}}')) as object;
    expect(Object.keys(plain)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
  });
});
