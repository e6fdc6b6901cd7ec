import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Event, LoggerDestination, Stamp, State } from "@mlog/core";
import { describe, expect, it } from "vitest";
import { FileLogger, replay, type RunRecord } from "../src/index.ts";
import { openRun, readAll } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Keeps all that it is handed. */
class Recorder implements LoggerDestination {
  readonly name = "recorder";
  readonly specVersion = 1 as const;
  readonly calls: { readonly what: string; readonly stamp: Stamp; readonly record: unknown }[] = [];
  closedWith: unknown = "never closed";

  logMetrics(metrics: Iterable<readonly [string, number]>, stamp: Stamp): void {
    this.#add("metrics", stamp, Object.fromEntries(metrics));
  }

  logHistogram(histogram: unknown, stamp: Stamp): void {
    this.#add("histogram", stamp, histogram);
  }

  onEvent(event: Event, stamp: Stamp): void {
    this.#add(event, stamp, undefined);
  }

  close(reason: { readonly error?: unknown }): Promise<void> {
    this.closedWith = reason.error;
    return Promise.resolve();
  }

  #add(what: string, stamp: Stamp, record: unknown): void {
    this.calls.push({ what, stamp, record });
  }
}

/** A run with everything in it, as a folder. */
async function recordedRun(root: string, rank = 0): Promise<string> {
  let time = 1_000_000;
  const { logger, state } = openRun(root, {
    captureStdout: true,
    durability: "record",
    run: { runName: "recorded", maxDuration: "2ep", now: () => (time += 7), ranks: { rank, worldSize: 2 } },
  });
  logger.logHyperparameters({ lr: 1e-5, layers: [1, { deep: null }] });
  logger.runEvent("fitStart");
  process.stdout.write("printed\n");
  for (let epoch = 0; epoch < 2; epoch++) {
    logger.runEvent("epochStart");
    for (let batch = 0; batch < 3; batch++) {
      logger.logMetrics({ "loss/train": 1 / (batch + 1), nan: NaN, rank });
      state.nextBatch({ samples: 32, tokens: 100 });
    }
    logger.runEvent("evalStart");
    logger.logMetrics({ "acc/eval": 0.5 }, { step: 77 });
    logger.runEvent("evalEnd");
    logger.logTable(["a", "b"], [[1, "x"]], { name: "results", step: 5 });
    logger.logHistogram("weights", new Float32Array([1, 2, 2, 4, NaN]), { bins: 3 });
    state.nextEpoch();
  }
  state.nextIteration();
  logger.logTraces({ note: "done" });
  await logger.close();
  return join(root, "recorded");
}

/** What must be the same after a replay. */
function comparable(records: readonly RunRecord[]): unknown[] {
  return records
    .filter((record) => record.type !== "start" && record.type !== "output")
    .map((record) => ({ ...record, seq: undefined, ...(record.type === "end" ? { time: 0 } : {}) }));
}

describe("a replay", () => {
  it("into a FileLogger gives the same records, apart from the start, seq and what was printed", async () => {
    const source = await recordedRun(temporaryFolder());
    const root = temporaryFolder();
    const copy = new FileLogger({ root, captureStdout: false, captureStderr: false });
    const result = await replay(source, copy);
    expect(copy.path).toBe(join(root, "recorded", "logs-rank0.jsonl"));
    const before = await readAll(source);
    expect(comparable(await readAll(copy.path!))).toEqual(comparable(before));
    expect(result).toMatchObject({ replayed: before.length - 1, skipped: 1, damaged: 0 });
    expect(result.deliveries).toMatchObject([{ rank: 0, destination: "file", pending: 0, dropped: 0 }]);
    expect((await readAll(copy.path!))[0]).toMatchObject({
      type: "start",
      run: "recorded",
      maxDuration: "2ep",
      ranks: { worldSize: 2 },
    });
  });

  it("keeps steps, times and all counters, and lets batches and epochs end as they did", async () => {
    const source = await recordedRun(temporaryFolder());
    const recorder = new Recorder();
    let state: State | undefined;
    await replay(source, (_, own) => {
      state = own;
      return recorder;
    });
    expect(recorder.calls.map(({ what }) => what)).toEqual([
      "fitStart",
      ...Array.from({ length: 2 }, () => [
        "epochStart",
        "metrics",
        "batchEnd",
        "metrics",
        "batchEnd",
        "metrics",
        "batchEnd",
        "evalStart",
        "metrics",
        "evalEnd",
        "histogram",
        "epochEnd",
      ]).flat(),
      "iterationEnd",
    ]);
    const seventh = recorder.calls.filter(({ what }) => what === "metrics")[6]!;
    expect(seventh).toMatchObject({ record: { "loss/train": 1 / 3 } });
    const { timestamp } = seventh.stamp;
    expect(timestamp).toMatchObject({
      epoch: 1,
      batch: 5,
      sample: 160,
      token: 500,
      batchInEpoch: 2,
      sampleInEpoch: 64,
      tokenInEpoch: 200,
      tokenInIteration: 500,
      epochInIteration: 1,
    });
    const recorded = await readAll(source);
    const times = recorded
      .filter((record) => record.type === "metrics")
      .map(({ time, step }) => [time, step]);
    expect(
      recorder.calls.filter(({ what }) => what === "metrics").map(({ stamp }) => [stamp.time, stamp.step]),
    ).toEqual(times);
    expect(state!.timestamp).toMatchObject({ iteration: 1, epoch: 2, batch: 6, sample: 192, token: 600 });
    const histogram = recorder.calls.find(({ what }) => what === "histogram");
    expect(histogram!.record).toEqual({
      name: "weights",
      counts: new Float64Array([1, 2, 1]),
      edges: new Float64Array([1, 2, 3, 4]),
      nonFinite: { nan: 1, infinity: 0, negativeInfinity: 0 },
    });
  });

  it("gives each rank a logger of its own", async () => {
    const root = temporaryFolder();
    await recordedRun(root, 1);
    const source = await recordedRun(root, 0);
    const made: [number, Recorder][] = [];
    const result = await replay(source, (rank, state) => {
      expect(state.ranks.rank).toBe(rank);
      const recorder = new Recorder();
      made.push([rank, recorder]);
      return recorder;
    });
    expect(made.map(([rank]) => rank)).toEqual([0, 1]);
    for (const [rank, { calls }] of made) {
      expect(calls.find(({ what }) => what === "metrics")!.record).toMatchObject({ rank });
    }
    expect(result.deliveries.map(({ rank }) => rank)).toEqual([0, 1]);
    await expect(replay(source, new Recorder())).rejects.toMatchObject({ code: "DESTINATIONS_REQUIRED" });
  });

  it("runName: logs the run under another name", async () => {
    const source = await recordedRun(temporaryFolder());
    const root = temporaryFolder();
    const copy = new FileLogger({ root, captureStdout: false, captureStderr: false });
    await replay(source, copy, { runName: "again" });
    expect(copy.path).toBe(join(root, "again", "logs-rank0.jsonl"));
  });

  it("of a resumed run goes back where the run went back", async () => {
    const root = temporaryFolder();
    for (const loss of [1, 2]) {
      const { logger, state } = openRun(root, { resume: true });
      for (let batch = 0; batch < 2; batch++) {
        logger.logMetrics({ loss });
        state.nextBatch();
      }
      await logger.close();
    }
    const recorder = new Recorder();
    await replay(join(root, "run"), recorder);
    const metrics = recorder.calls.filter(({ what }) => what === "metrics");
    expect(metrics.map(({ record, stamp }) => [record, stamp.step, stamp.timestamp.batch])).toEqual([
      [{ loss: 1 }, 0, 0],
      [{ loss: 1 }, 1, 1],
      [{ loss: 2 }, 0, 0],
      [{ loss: 2 }, 1, 1],
    ]);
  });

  it("counts damaged lines and goes on", async () => {
    const source = await recordedRun(temporaryFolder());
    appendFileSync(join(source, "logs-rank0.jsonl"), "garbage\n");
    expect(await replay(source, new Recorder())).toMatchObject({ damaged: 1 });
  });

  it("closes with the error that ended the run", async () => {
    const root = temporaryFolder();
    const { logger, path } = openRun(root);
    await logger.close({ error: Object.assign(new Error("out of memory"), { code: "OOM" }) });
    const recorder = new Recorder();
    await replay(path, recorder);
    expect(recorder.closedWith).toMatchObject({ message: "out of memory", code: "OOM" });
    const fine = new Recorder();
    await replay(await recordedRun(temporaryFolder()), fine);
    expect(fine.closedWith).toBeUndefined();
  });

  it("takes records from anywhere", async () => {
    const source = await readAll(await recordedRun(temporaryFolder()));
    async function* records(): AsyncGenerator<RunRecord> {
      yield* source;
    }
    const recorder = new Recorder();
    await replay(records(), recorder);
    expect(recorder.calls.length).toBeGreaterThan(10);
  });

  it("says what it cannot replay", async () => {
    const path = join(temporaryFolder(), "log.jsonl");
    const head = '"time":1,"step":0,"epoch":0,"batch":0,"sample":0,"token":0';
    writeFileSync(path, `{"v":1,"type":"metrics","seq":9,${head},"metrics":{"a":1}}\n`);
    await expect(replay(path, new Recorder())).rejects.toMatchObject({ code: "NO_START" });
    await expect(replay(join(path, "missing"), new Recorder())).rejects.toMatchObject({
      code: "LOG_NOT_FOUND",
    });
  });

  it("onError: hears of a destination that fails, and the replay says so at its end", async () => {
    const source = await recordedRun(temporaryFolder());
    const errors: string[] = [];
    const failing: LoggerDestination = {
      name: "failing",
      specVersion: 1,
      logMetrics: () => {
        throw new Error("no metrics");
      },
      logHistogram: () => {
        throw new Error("no histograms");
      },
    };
    const done = replay(source, failing, {
      onError: (error, name) => errors.push(`${name}: ${error.message}`),
      timeout: 5000,
    });
    await expect(done).rejects.toMatchObject({ code: "NOT_SAFE" });
    expect(new Set(errors)).toEqual(new Set(["failing: no metrics", "failing: no histograms"]));
  });

  it("of many records loses none to full buffers", async () => {
    const root = temporaryFolder();
    const { logger, path } = openRun(root);
    for (let i = 0; i < 30_000; i++) {
      logger.logMetrics({ a: i, b: -i, c: i / 3 });
      if (i % 5000 === 4999) await logger.flush();
    }
    await logger.close();
    const copy = new FileLogger({ root: temporaryFolder(), captureStdout: false, captureStderr: false });
    const { deliveries } = await replay(path, copy);
    expect(deliveries).toMatchObject([{ delivered: 30_002, dropped: 0 }]);
  });
});
