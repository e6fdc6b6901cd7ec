import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoggedRecord } from "@mlog/file";
import { afterAll, describe, expect, test } from "vitest";
import { AcknowledgementReader } from "./acknowledgement.ts";
import { assertGapFree, readLog } from "./log.ts";
import { assertCall, mixedCall } from "./mixed-calls.ts";
import { assertNumbered, numberedMetrics } from "./numbered-metrics.ts";
import { percentile } from "./percentile.ts";
import { createRandom } from "./random.ts";

const folder = mkdtempSync(join(tmpdir(), "mlog-checkers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function record(seq: number, fields: object): LoggedRecord {
  const head = { seq, time: 0, step: 0, epoch: 0, batch: 0, sample: 0, token: 0, session: 0, rank: 0 };
  return { ...head, ...fields } as LoggedRecord;
}

function metrics(seq: number, n: number): LoggedRecord {
  return record(seq, { type: "metrics", step: n - 1, metrics: numberedMetrics(n) });
}

describe("the order of seq", () => {
  test("may have gaps that dropped records name", () => {
    expect(
      assertGapFree([metrics(0, 1), record(4, { type: "dropped", from: 1, to: 3 }), metrics(5, 5)]),
    ).toBe(3);
  });

  test.each([
    ["a missing seq", [metrics(0, 1), metrics(2, 2)]],
    ["a missing beginning", [metrics(1, 1)]],
    ["a seq that comes twice", [metrics(0, 1), metrics(0, 2)]],
    [
      "a dropped record that names too little",
      [metrics(0, 1), record(4, { type: "dropped", from: 2, to: 3 })],
    ],
    [
      "a dropped record that names what is there",
      [metrics(0, 1), record(3, { type: "dropped", from: 0, to: 2 })],
    ],
  ])("may not have %s", (_, records) => {
    expect(() => assertGapFree(records)).toThrow(/seq/);
  });
});

describe("numbered metrics", () => {
  test("are counted", () => {
    expect(assertNumbered([metrics(0, 1), metrics(1, 2), record(2, { type: "end" })])).toBe(2);
  });

  test.each([
    ["miss one", [metrics(0, 1), metrics(1, 3)]],
    ["have another value", [record(0, { type: "metrics", metrics: { ...numberedMetrics(1), lr: 2e-7 } })]],
    ["lack a name", [record(0, { type: "metrics", metrics: { n: 1 } })]],
    ["have another step", [record(0, { type: "metrics", step: 1, metrics: numberedMetrics(1) })]],
  ])("may not %s", (_, records) => {
    expect(() => assertNumbered(records)).toThrow(/of seq 0|of seq 1/);
  });
});

test("a torn line in the middle of a log is found", async () => {
  const path = join(folder, "log.jsonl");
  writeFileSync(path, '{"v":1,"type":"metrics","seq":0,"ti{"v":1,"type":"start","seq":1}\n');
  await expect(readLog(path)).rejects.toThrow("line 1");
});

test("mixed calls repeat with their seed, use every type, and are told from one another", () => {
  const numbers = Array.from({ length: 5000 }, (_, index) => index + 1);
  const calls = numbers.map((n) => mixedCall("seed", n));
  expect(numbers.map((n) => mixedCall("seed", n))).toEqual(calls);
  expect(new Set(calls.map((call) => call.type))).toEqual(
    new Set(["metrics", "traces", "table", "output", "event"]),
  );
  for (const [index, call] of calls.slice(0, 200).entries()) {
    const n = index + 1;
    const fields =
      call.type === "output" ? { type: "output", text: call.pieces.join("").slice(0, -1) } : call;
    expect(() => assertCall(record(n, { ...fields, step: n - 1 }), call, n)).not.toThrow();
    expect(() => assertCall(record(n, { ...fields, step: n }), call, n)).toThrow(/the step of/);
    const next = mixedCall("seed", n + 1);
    expect(() => assertCall(record(n, { ...fields, step: n - 1 }), next, n)).toThrow(/call/);
  }
});

test("acknowledgements arrive whole, in whatever pieces they come", () => {
  const bytes = Buffer.alloc(48);
  [1, 7, 1.5, 2, 8, 2.5].forEach((value, index) => bytes.writeDoubleLE(value, index * 8));
  const reader = new AcknowledgementReader();
  expect([...reader.read(bytes.subarray(0, 30)), ...reader.read(bytes.subarray(30))]).toEqual([
    { kind: "logged", n: 7, time: 1.5 },
    { kind: "flushed", n: 8, time: 2.5 },
  ]);
});

test("a percentile is the smallest value that so many do not exceed", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect([50, 99, 100].map((percent) => percentile(values, percent))).toEqual([100, 198, 200]);
  expect(percentile([3], 99)).toBe(3);
  expect(percentile([], 99)).toBe(0);
});

test("the same seed gives the same random numbers, another one others", () => {
  const draw = (seed: string): number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 100 }, () => random.next());
  };
  expect(draw("1/kills")).toEqual(draw("1/kills"));
  expect(draw("1/kills")).not.toEqual(draw("2/kills"));
  expect(draw("1/kills").every((value) => value >= 0 && value < 1)).toBe(true);
});
