import { afterEach, describe, expect, it, vi } from "vitest";
import { type Ranks, readRanks } from "../src/ranks.ts";

const VARIABLES: readonly (readonly [name: keyof Ranks, variable: string])[] = [
  ["rank", "RANK"],
  ["localRank", "LOCAL_RANK"],
  ["nodeRank", "NODE_RANK"],
  ["worldSize", "WORLD_SIZE"],
  ["localWorldSize", "LOCAL_WORLD_SIZE"],
];
const ENV = { RANK: "5", LOCAL_RANK: "1", NODE_RANK: "2", WORLD_SIZE: "8", LOCAL_WORLD_SIZE: "2" };
const FROM_ENV = { rank: 5, localRank: 1, nodeRank: 2, worldSize: 8, localWorldSize: 2 };

const invalid = (named: string, value: string): unknown =>
  expect.objectContaining({
    name: "MlogRangeError",
    code: "INVALID_RANK",
    message: expect.stringMatching(new RegExp(`^${named} must be .* not ${value}$`)),
  });

describe("readRanks", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });

  it("is one process alone by default: 0, 0, 0, 1, 1", () => {
    expect(readRanks(undefined, {})).toEqual({
      rank: 0,
      localRank: 0,
      nodeRank: 0,
      worldSize: 1,
      localWorldSize: 1,
    });
  });

  it("reads RANK, LOCAL_RANK, NODE_RANK, WORLD_SIZE and LOCAL_WORLD_SIZE", () => {
    expect(readRanks({}, ENV)).toEqual(FROM_ENV);
  });

  it("reads the environment of the process at the call", () => {
    for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
    expect(readRanks()).toEqual(FROM_ENV);
    vi.stubEnv("RANK", "6");
    expect(readRanks().rank).toBe(6);
  });

  it("lets what is given win over the environment", () => {
    const given = { rank: 1, localRank: 0, nodeRank: 1, worldSize: 4, localWorldSize: 1 };
    expect(readRanks(given, ENV)).toEqual(given);
    expect(readRanks({ rank: 7, worldSize: undefined }, ENV)).toEqual({ ...FROM_ENV, rank: 7 });
    expect(
      readRanks({ rank: 0, localRank: 0, nodeRank: 0, worldSize: 1, localWorldSize: 1 }, { RANK: "x" }).rank,
    ).toBe(0);
  });

  it("is frozen", () => {
    expect(Object.isFrozen(readRanks({}, {}))).toBe(true);
  });

  it("works where there is no process", () => {
    vi.stubGlobal("process", undefined);
    const ranks = readRanks();
    vi.unstubAllGlobals();
    expect(ranks.worldSize).toBe(1);
  });

  it("takes a variable that must not be read as not set", () => {
    const env = new Proxy<Record<string, string>>(
      {},
      {
        get(_, name) {
          if (name === "RANK") throw new Error("Requires env access");
          return ENV[name as keyof typeof ENV];
        },
      },
    );
    expect(readRanks({}, env)).toEqual({ ...FROM_ENV, rank: 0 });
  });

  it.each(VARIABLES)("names %s or %s if it is not an integer in range", (name, variable) => {
    for (const text of ["", " 1", "1 ", "x", "-1", "1.0", "1e0", "0x1", "NaN", "99999999999999999999"]) {
      const shown = /^\d+$/.test(text) ? "\\d+" : JSON.stringify(text);
      expect(() => readRanks({}, { ...ENV, [variable]: text })).toThrow(invalid(variable, shown));
    }
    for (const value of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(() => readRanks({ [name]: value }, ENV)).toThrow(invalid(`ranks.${name}`, String(value)));
    }
    for (const value of ["1", null, true, 1n]) {
      expect(() => readRanks({ [name]: value as never }, ENV)).toThrow(
        expect.objectContaining({ code: "INVALID_RANK" }),
      );
    }
  });

  it.each([null, 1, "0"])("refuses %j instead of ranks", (given) => {
    expect(() => readRanks(given as never, {})).toThrow(
      expect.objectContaining({ name: "MlogTypeError", code: "INVALID_RANK" }),
    );
  });

  it.each([
    ["RANK", "8"],
    ["LOCAL_RANK", "2"],
    ["NODE_RANK", "8"],
    ["WORLD_SIZE", "0"],
    ["LOCAL_WORLD_SIZE", "0"],
    ["LOCAL_WORLD_SIZE", "9"],
  ])("refuses %s=%s with 8 processes, 2 of them here", (variable, text) => {
    expect(() => readRanks({}, { ...ENV, [variable]: text })).toThrow(invalid(variable, text));
  });
});
