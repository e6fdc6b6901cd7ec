import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertSafeName, formatName, formatNameWithTime, toRemoteName } from "../src/name-format.ts";
import { State } from "../src/state.ts";
import { Timestamp } from "../src/timestamp.ts";

const ranks = { rank: 5, localRank: 1, nodeRank: 2, worldSize: 8, localWorldSize: 4 };
const run = { runName: "mnist", ranks };
const timestamp = new Timestamp({
  iteration: 1,
  epoch: 2,
  batch: 30,
  sample: 400,
  token: 5000,
  epochInIteration: 6,
  tokenInIteration: 7,
  batchInEpoch: 8,
  sampleInEpoch: 9,
  tokenInEpoch: 10,
  totalWct: 61_500,
  iterationWct: 4000,
  epochWct: 3000,
  batchWct: 250,
});
const anyString = fc.string({ unit: "binary" });
const likelyFormat = fc.stringMatching(/^[{}a-z_ $&\\\d]{0,20}$/);

describe("formatName", () => {
  it.each([
    ["{run_name}", "mnist"],
    ["{rank}", "5"],
    ["{local_rank}", "1"],
    ["{node_rank}", "2"],
    ["{world_size}", "8"],
    ["{local_world_size}", "4"],
    ["{run_name}/logs-rank{rank}.txt", "mnist/logs-rank5.txt"],
    ["{rank}{rank}", "55"],
    ["{{rank}}", "{5}"],
  ])("fills %s", (format, name) => {
    expect(formatName(format, run)).toBe(name);
    expect(formatNameWithTime(format, { ...run, timestamp })).toBe(name);
  });

  it.each([
    "{unknown}",
    "{}",
    "{ rank }",
    "{rank",
    "rank}",
    "{rank:02}",
    "{rank.x}",
    "{0}",
    "{runName}",
    "{worldSize}",
  ])("leaves %s as it is", (format) => {
    expect(formatName(format, run)).toBe(format);
  });

  it.each([
    "{constructor}",
    "{__proto__}",
    "{toString}",
    "{ranks}",
    "{timestamp}",
    "{epoch}",
    "{max_duration}",
  ])("does not look %s up where no variable is", (format) => {
    expect(formatName(format, new State({ ...run, maxDuration: "1ep" }))).toBe(format);
  });

  it("fills further placeholders under their own names", () => {
    const extra = {
      remote_file_name: "a/b.pt",
      extension: "pt",
      n: 3,
      big: 4n,
      yes: true,
      none: null,
      object: {},
    };
    expect(
      formatName("{remote_file_name} {extension} {n} {big} {yes} {none} {object}", { ...run, ...extra }),
    ).toBe("a/b.pt pt 3 4 true {none} {object}");
    expect(formatName("{rank}", { ...run, rank: "mine" })).toBe("5");
  });

  it("does not look again at what it filled in", () => {
    expect(formatName("{run_name}", { runName: "{rank}$&$1", ranks })).toBe("{rank}$&$1");
  });

  it("takes a state", () => {
    const state = new State({ ...run, timestamp });
    expect(formatName("{run_name}-{rank}", state)).toBe("mnist-5");
    expect(formatNameWithTime("{run_name}-ba{batch}", state)).toBe("mnist-ba30");
  });

  it.each([undefined, null, 5, {}])("refuses %j as a format", (format) => {
    expect(() => formatName(format as never, run)).toThrow(
      expect.objectContaining({ name: "MlogTypeError", code: "INVALID_NAME" }),
    );
  });

  it("never throws for a string, and keeps one without placeholders", () => {
    fc.assert(
      fc.property(fc.oneof(anyString, likelyFormat), anyString, (format, runName) => {
        const name = formatNameWithTime(format, { runName, ranks, timestamp });
        expect(typeof name).toBe("string");
        if (!/\{\w+\}/.test(format)) expect(name).toBe(format);
        expect(formatName(format, { runName: "x", ranks })).toBe(
          formatName(formatName(format, { runName: "x", ranks }), { runName: "x", ranks }),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe("formatNameWithTime", () => {
  it.each([
    ["{epoch}", "2"],
    ["{batch}", "30"],
    ["{batch_in_epoch}", "8"],
    ["{sample}", "400"],
    ["{sample_in_epoch}", "9"],
    ["{token}", "5000"],
    ["{token_in_epoch}", "10"],
    ["{total_wct}", "61.5"],
    ["{epoch_wct}", "3"],
    ["{batch_wct}", "0.25"],
    ["{iteration}", "1"],
    ["{epoch_in_iteration}", "6"],
    ["{token_in_iteration}", "7"],
    ["{iteration_wct}", "4"],
    ["{run_name}/ep{epoch}-ba{batch}-rank{rank}.pt", "mnist/ep2-ba30-rank5.pt"],
    ["{batchInEpoch}", "{batchInEpoch}"],
  ])("fills %s", (format, name) => {
    expect(formatNameWithTime(format, { ...run, timestamp })).toBe(name);
  });
});

const refused = (kind: "MlogTypeError" | "MlogRangeError", shown: string): unknown =>
  expect.objectContaining({
    name: kind,
    code: "INVALID_NAME",
    message: expect.stringMatching(new RegExp(`^remoteFileName must be .* not ${RegExp.escape(shown)}`)),
  });

const UNSAFE = [
  "",
  "/",
  "/etc/passwd",
  "//host/share",
  "a//b",
  "a/",
  ".",
  "..",
  "../a",
  "a/..",
  "a/../b",
  "a/./b",
  "./a",
  "...",
  ".. /a",
  "a/. ./b",
  " ",
  "a\\b",
  "..\\a",
  "a\0b",
  "a\nb",
  "a\u007fb",
  "a\u0085b",
  "\ud800",
  "C:",
  "c:/a",
  "C:a",
  "a".repeat(1025),
  "é".repeat(513),
];

describe("assertSafeName", () => {
  it.each(UNSAFE)("refuses %j", (name) => {
    expect(() => {
      assertSafeName(name, "remoteFileName");
    }).toThrow(refused("MlogRangeError", JSON.stringify(name.slice(0, 80))));
  });

  it.each([undefined, null, 5, {}, ["a"]])("refuses %j, which is no string", (name) => {
    expect(() => {
      assertSafeName(name, "remoteFileName");
    }).toThrow(refused("MlogTypeError", ""));
  });

  it.each([
    "a",
    "a/b.txt",
    "run=mnist/rank=0/part-0.jsonl",
    "..a",
    "a..",
    "a/.hidden",
    "a b/c",
    "ab:c",
    "日本/😀",
    "{unknown}",
    "%2e%2e/a",
    "~/a",
    "a".repeat(1024),
    "é".repeat(512),
  ])("takes %j", (name) => {
    expect(() => {
      assertSafeName(name, "remoteFileName");
    }).not.toThrow();
  });

  it("lets no safe name out of its folder, on any system", () => {
    const segment = fc.oneof(
      fc.constantFrom("..", ".", "", " ", ".. ", "C:", "c:x", "\\", "a", "b.txt", "...", "~", "%2e%2e"),
      fc.string({ unit: "binary", maxLength: 4 }),
    );
    let safe = 0;
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), (segments) => {
        const name = segments.join("/");
        try {
          assertSafeName(name, "name");
        } catch {
          return;
        }
        safe++;
        expect(posix.resolve("/root/folder", name)).toBe(`/root/folder/${name}`);
        expect(posix.join("folder", name)).toBe(`folder/${name}`);
        expect(win32.resolve("D:\\folder", name)).toBe(`D:\\folder\\${name.replaceAll("/", "\\")}`);
        expect(new URL(encodeURI(name), "http://host/folder/").pathname.startsWith("/folder/")).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(safe).toBeGreaterThan(300);
  });
});

describe("toRemoteName", () => {
  it("strips leading slashes, as Composer does", () => {
    expect(toRemoteName("/mnist/a.pt", "remoteFileName")).toBe("mnist/a.pt");
    expect(toRemoteName("///a", "remoteFileName")).toBe("a");
    expect(toRemoteName("a/b", "remoteFileName")).toBe("a/b");
  });

  it.each(UNSAFE.filter((name) => !name.startsWith("/")).concat("/../a", "/C:/a"))("refuses %j", (name) => {
    expect(() => toRemoteName(name, "remoteFileName")).toThrow(refused("MlogRangeError", ""));
  });

  it("refuses what is no string", () => {
    expect(() => toRemoteName(5 as never, "remoteFileName")).toThrow(refused("MlogTypeError", "5"));
  });
});
