import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeRunName, resolveRunName } from "../src/run-name.ts";

const TIME = 1_795_377_236_109;

describe("makeRunName", () => {
  it("joins the Unix seconds and two words", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        expect(makeRunName(TIME, () => random)).toMatch(/^1795377236-[a-z]+-[a-z]+$/);
      }),
    );
  });

  it("chooses both words", () => {
    const names = new Set<string>();
    for (const first of [0, 0.99]) {
      for (const second of [0, 0.99]) {
        const draws = [first, second];
        names.add(makeRunName(TIME, () => draws.shift()!));
      }
    }
    expect(names.size).toBe(4);
  });

  it("draws from Math.random by default", () => {
    const names = new Set(Array.from({ length: 200 }, () => makeRunName(TIME)));
    expect(names.size).toBeGreaterThan(20);
  });
});

describe("resolveRunName", () => {
  it.each(["mnist", "sweep/3/lr=1e-4", "a".repeat(256), "日本 {rank} ..", " "])("keeps %j", (name) => {
    expect(resolveRunName(name, 1, TIME)).toBe(name);
    expect(resolveRunName(name, 8, TIME)).toBe(name);
  });

  it("makes a name for a single process without one", () => {
    expect(resolveRunName(undefined, 1, TIME)).toMatch(/^1795377236-/);
  });

  it("asks for a name if every rank would make its own", () => {
    expect(() => resolveRunName(undefined, 8, TIME)).toThrow(
      expect.objectContaining({
        name: "MlogError",
        code: "RUN_NAME_REQUIRED",
        message: expect.stringMatching(/same runName.*each of the 8/),
      }),
    );
  });

  it.each(["", "a\0b", "a".repeat(257)])("refuses %j", (name) => {
    expect(() => resolveRunName(name, 1, TIME)).toThrow(
      expect.objectContaining({
        name: "MlogRangeError",
        code: "INVALID_NAME",
        message: expect.stringContaining("runName"),
      }),
    );
  });

  it.each([null, 5, {}, ["a"], true])("refuses %j, which is no string", (name) => {
    expect(() => resolveRunName(name as never, 1, TIME)).toThrow(
      expect.objectContaining({
        name: "MlogTypeError",
        code: "INVALID_NAME",
        message: expect.stringContaining("runName"),
      }),
    );
  });
});
