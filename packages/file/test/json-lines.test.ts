import { createRequire } from "node:module";
import { image } from "@mlog/core";
import { describe, expect, it } from "vitest";
import { FORMAT_VERSION } from "../src/index.ts";
import { ofType, openRun, readAll } from "./open-run.ts";
import { expectValid, isValid } from "./schema.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const COUNTERS = {
  iteration: 0,
  epoch: 0,
  batch: 0,
  sample: 0,
  token: 0,
  epochInIteration: 0,
  tokenInIteration: 0,
  batchInEpoch: 0,
  sampleInEpoch: 0,
  tokenInEpoch: 0,
  totalWct: 0,
  iterationWct: 0,
  epochWct: 0,
  batchWct: 0,
};

const VERSION = expect.stringMatching(/^\d+\.\d+\.\d+/) as string;

describe("the lines of a log", () => {
  it("are metrics with their step, counters and time, in the documented order of fields", async () => {
    const { logger, state, text } = openRun(temporaryFolder());
    state.nextBatch({ samples: 32, tokens: 7 });
    logger.logMetrics({ "loss/train": 0.25, acc: NaN }, { step: 3 });
    await logger.close();
    expect(text().split("\n")[1]).toBe(
      '{"v":1,"type":"metrics","seq":1,"time":5000,"step":3,"epoch":0,"batch":1,"sample":32,"token":7,' +
        '"metrics":{"loss/train":0.25,"acc":"NaN"}}',
    );
  });

  it("write NaN and the infinities as text, and every other number with all its digits", async () => {
    const { logger, lines } = openRun(temporaryFolder());
    const metrics = { a: NaN, b: Infinity, c: -Infinity, d: 0.1 + 0.2, e: 5e-324, f: 1e-5, g: 2 ** 53 };
    logger.logMetrics(metrics);
    await logger.close();
    expect(lines()[1]).toMatchObject({
      metrics: { a: "NaN", b: "Infinity", c: "-Infinity", d: 0.1 + 0.2, e: 5e-324, f: 1e-5, g: 2 ** 53 },
    });
  });

  it("write a bigint as a number where that is exact, else as text", async () => {
    const { logger, lines } = openRun(temporaryFolder());
    logger.logHyperparameters({ small: 12n, large: 2n ** 64n, negative: -(2n ** 64n), nan: NaN });
    await logger.close();
    expect(lines()[1]!["hyperparameters"]).toEqual({
      small: 12,
      large: "18446744073709551616",
      negative: "-18446744073709551616",
      nan: "NaN",
    });
  });

  it("begin with who writes, and end with how it went", async () => {
    const { logger, lines } = openRun(temporaryFolder(), {
      run: { maxDuration: "2ep", ranks: { rank: 1, worldSize: 2, localWorldSize: 2, localRank: 1 } },
    });
    await logger.close();
    const [start, end] = lines();
    expect(start).toEqual({
      v: 1,
      type: "start",
      seq: 0,
      time: 5000,
      step: 0,
      epoch: 0,
      batch: 0,
      sample: 0,
      token: 0,
      session: 0,
      run: "run",
      ranks: { rank: 1, localRank: 1, nodeRank: 0, worldSize: 2, localWorldSize: 2 },
      maxDuration: "2ep",
      timestamp: COUNTERS,
      versions: {
        node: process.versions.node,
        "@mlog/core": VERSION,
        "@mlog/journal": VERSION,
        "@mlog/file": VERSION,
      },
    });
    expect(end).toMatchObject({ type: "end", seq: 1, error: null });
  });

  it.each([
    [
      Object.assign(new TypeError("out of memory"), { code: "OOM" }),
      { name: "TypeError", message: "out of memory", code: "OOM" },
    ],
    ["plain text", { name: "Error", message: "plain text", code: null }],
  ])("end with the error that ended the run: %s", async (error, expected) => {
    const { logger, lines } = openRun(temporaryFolder());
    await logger.close({ error });
    expect(lines().at(-1)).toMatchObject({ type: "end", error: expected });
  });

  it("name the boundaries of training with every counter, and not those of single batches", async () => {
    const { logger, state, lines } = openRun(temporaryFolder());
    logger.runEvent("fitStart");
    logger.runEvent("batchStart");
    state.nextBatch({ samples: 8, tokens: 80 });
    state.nextEpoch();
    logger.runEvent("evalStart");
    logger.runEvent("evalBatchStart");
    logger.runEvent("evalEnd");
    state.nextIteration();
    await logger.close();
    const events = lines().filter((line) => line["type"] === "event");
    expect(events.map((line) => line["event"])).toEqual([
      "fitStart",
      "epochEnd",
      "evalStart",
      "evalEnd",
      "iterationEnd",
    ]);
    expect(events[1]!["timestamp"]).toEqual({
      ...COUNTERS,
      epoch: 1,
      batch: 1,
      sample: 8,
      token: 80,
      epochInIteration: 1,
      tokenInIteration: 80,
    });
  });

  it("hold every kind of record, each as the schema says, and are read back as they were logged", async () => {
    const { logger, state, path, lines } = openRun(temporaryFolder());
    logger.logHyperparameters({ lr: 1e-5, layers: [1, 2], optimizer: { name: "adam", betas: [0.9, 0.999] } });
    logger.logMetrics({ loss: 1, nan: NaN });
    logger.logTable(
      ["a", "b"],
      [
        [1, "x"],
        [null, { deep: [true] }],
      ],
      { name: "results", step: 9 },
    );
    logger.logTraces({ graph: { nodes: ["in", "out"] } });
    logger.logHistogram("weights", new Float32Array([1, 2, 2, 4, NaN, Infinity]), { bins: 3 });
    logger.logImages(
      { data: new Uint8Array(12), shape: [3, 2, 2] },
      {
        name: "digits",
        masks: { truth: { data: new Uint8Array(4), shape: [2, 2] } },
        maskClassLabels: { 1: "cat" },
      },
    );
    logger.logTable(["picture"], [[image({ data: new Uint8Array(4), shape: [1, 2, 2] })]]);
    state.nextEpoch();
    await logger.close();
    expectValid(lines());

    const records = await readAll(path, { order: "seq" });
    expect(records.map((record) => record.type)).toEqual([
      "start",
      "hyperparameters",
      "metrics",
      "table",
      "traces",
      "histogram",
      "images",
      "table",
      "event",
      "end",
    ]);
    expect(records[1]).toMatchObject({ hyperparameters: { lr: 1e-5, layers: [1, 2] }, rank: 0, session: 0 });
    expect(records[2]).toMatchObject({ metrics: { loss: 1, nan: NaN }, step: 0, time: 5000 });
    expect(records[3]).toMatchObject({
      name: "results",
      columns: ["a", "b"],
      rows: [
        [1, "x"],
        [null, { deep: [true] }],
      ],
      step: 9,
    });
    expect(records[4]).toMatchObject({ traces: { graph: { nodes: ["in", "out"] } } });
    expect(records[5]).toMatchObject({
      name: "weights",
      counts: [1, 2, 1],
      edges: [1, 2, 3, 4],
      nonFinite: { nan: 1, infinity: 1, negativeInfinity: 0 },
    });
    const stored = {
      file: expect.stringMatching(/^media\/[0-9a-f]{64}\.png$/) as string,
      size: expect.any(Number) as number,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    };
    expect(records[6]).toMatchObject({
      name: "digits",
      images: [{ ...stored, width: 2, height: 2, channels: 3, masks: { truth: stored } }],
      maskClassLabels: { 1: "cat" },
      useTable: true,
    });
    const tables = ofType(records, "table");
    expect(tables.map(({ types }) => types)).toEqual([["number", "mixed"], ["image"]]);
    expect(tables[1]!.rows).toEqual([
      [{ $image: { ...stored, width: 2, height: 2, channels: 1, masks: {} } }],
    ]);
  });

  it("survive names and text of every kind", async () => {
    const { logger, path, lines } = openRun(temporaryFolder());
    const odd = 'line\nbreak "quoted" \\ \u2028 \u{1F600} \ud800 __proto__ é';
    logger.logMetrics({ [odd]: 1, __proto_: 2, ["__proto__"]: 3, "0": 4 });
    logger.logTraces({ [odd]: odd });
    await logger.close();
    expectValid(lines());
    const [, metrics, traces] = await readAll(path);
    expect(new Map(Object.entries(ofType([metrics!], "metrics")[0]!.metrics))).toEqual(
      new Map([
        [odd, 1],
        ["__proto_", 2],
        ["__proto__", 3],
        ["0", 4],
      ]),
    );
    expect(ofType([traces!], "traces")[0]!.traces).toEqual({ [odd]: odd });
  });

  it("stay JSON when the clock that the caller brought gives no number", async () => {
    let time = 5000;
    const { logger, lines } = openRun(temporaryFolder(), { run: { now: () => time } });
    time = NaN;
    logger.logMetrics({ loss: 1 });
    logger.logTraces({ a: 1 });
    await logger.close();
    expect(lines().map((line) => line["time"])).toEqual([5000, 0, 0, 0]);
  });
});

describe("the schema", () => {
  const head = { v: 1, seq: 0, time: 1, step: 0, epoch: 0, batch: 0, sample: 0, token: 0 };

  it("is what @mlog/file/schema.json names", () => {
    const schema = createRequire(import.meta.url)("@mlog/file/schema.json") as unknown;
    expect(schema).toMatchObject({
      title: "A line of an mlog log, version 1",
      properties: { v: { const: FORMAT_VERSION } },
    });
  });

  it("lets through types and fields that a later release adds", () => {
    expect(isValid({ ...head, type: "video", frames: 3 })).toBe(true);
    expect(isValid({ ...head, type: "metrics", metrics: {}, extra: 1 })).toBe(true);
  });

  it.each([
    ["another version", { ...head, v: 2, type: "end", error: null }],
    ["a missing seq", { ...head, seq: undefined, type: "end", error: null }],
    ["metrics that are text", { ...head, type: "metrics", metrics: { a: "high" } }],
    ["metrics that are null", { ...head, type: "metrics", metrics: { a: null } }],
    ["a table without rows", { ...head, type: "table", name: "a", columns: [] }],
    ["a negative step", { ...head, step: -1, type: "end", error: null }],
  ])("refuses %s", (_, line) => {
    expect(isValid(JSON.parse(JSON.stringify(line)))).toBe(false);
  });
});
