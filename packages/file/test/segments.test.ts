import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { join, relative } from "node:path";
import { State } from "@mlog/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { eventually } from "./eventually.ts";
import { FakeUploader } from "./fake-uploader.ts";
import { type OpenRun, openRun, type RunOptions } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const MiB = 1024 * 1024;

afterEach(() => {
  vi.useRealTimers();
});

function open(root: string, uploader: FakeUploader, options: RunOptions = {}): OpenRun {
  return openRun(root, { others: [uploader], ...options });
}

function segmentNames(uploader: FakeUploader): string[] {
  return [...uploader.files.keys()].sort();
}

/** What a killed process leaves: its files as they are now, and half a line. */
function killedCopy({ path }: OpenRun, root: string): string {
  const copy = temporaryFolder();
  cpSync(root, copy, { recursive: true });
  appendFileSync(join(copy, relative(root, path)), '{"v":1,"type":"metrics","seq":3,"ti');
  return copy;
}

describe("the segments of a log", () => {
  it("are, one after the other, the log byte for byte, and each ends with a line", async () => {
    const uploader = new FakeUploader();
    const { logger, state, text, errors } = open(temporaryFolder(), uploader, { flushInterval: 10 });
    for (let i = 0; i < 95; i++) {
      logger.logMetrics({ loss: i });
      state.nextBatch();
      if (i % 30 === 29) await logger.flush();
    }
    logger.logTraces({ note: "é".repeat(100) });
    await logger.close();
    expect(uploader.concatenated()).toBe(text());
    expect(uploader.files.size).toBeGreaterThan(3);
    for (const bytes of uploader.files.values()) expect(bytes.at(-1)).toBe(10);
    expect(errors).toEqual([]);
  });

  it("are named by run, rank and first byte, so that names sort as the bytes do", async () => {
    const uploader = new FakeUploader();
    const { logger } = open(temporaryFolder(), uploader, {
      run: { runName: "night", ranks: { rank: 1, worldSize: 2 } },
    });
    await logger.flush();
    await eventually(() => expect(uploader.files.size).toBe(1));
    const first = [...uploader.files.values()][0]!.length;
    await logger.close();
    expect(segmentNames(uploader)).toEqual([
      "run=night/rank=1/part-0000000000000000.jsonl",
      `run=night/rank=1/part-${String(first).padStart(16, "0")}.jsonl`,
    ]);
    expect(uploader.requests.every(({ overwrite }) => !overwrite)).toBe(true);
  });

  it.each<[string, RunOptions, string]>([
    [
      "remoteFileName with {start_byte}",
      { remoteFileName: "/logs/{run_name}-{rank}-{start_byte}.jsonl" },
      "logs/run-0-0000000000000000.jsonl",
    ],
    [
      "remoteFileName without it: a folder",
      { remoteFileName: "logs/{run_name}/" },
      "logs/run/part-0000000000000000.jsonl",
    ],
    [
      "a filename of one's own: a folder of that name",
      { filename: "{run_name}/a-{rank}.jsonl" },
      "run/a-0.jsonl/part-0000000000000000.jsonl",
    ],
    ["remoteFileName: null", { remoteFileName: null }, "run=run/rank=0/part-0000000000000000.jsonl"],
    ["format: 'text'", { format: "text" }, "run=run/rank=0/part-0000000000000000.txt"],
  ])("%s", async (_, options, expected) => {
    const uploader = new FakeUploader();
    const { logger } = open(temporaryFolder(), uploader, options);
    logger.logMetrics({ loss: 1 });
    await logger.close();
    expect(segmentNames(uploader)).toEqual([expected]);
  });

  it("are handed over by flush() before it resolves, and not again by the next", async () => {
    const uploader = new FakeUploader();
    const { logger, text } = open(temporaryFolder(), uploader);
    logger.logMetrics({ loss: 1 });
    await logger.flush();
    expect(uploader.requests).toHaveLength(1);
    await logger.flush();
    expect(uploader.requests).toHaveLength(1);
    await eventually(() => expect(uploader.concatenated()).toBe(text()));
    await logger.close();
  });

  it("are of 8 MiB, cut between lines, when more has gathered", async () => {
    const uploader = new FakeUploader();
    const { logger, text } = open(temporaryFolder(), uploader, { durability: "record" });
    const line = "x".repeat(100_000);
    for (let i = 0; i < 200; i++) logger.logTraces({ line });
    await logger.close();
    const sizes = segmentNames(uploader).map((name) => uploader.files.get(name)!.length);
    expect(sizes).toHaveLength(3);
    for (const size of sizes.slice(0, -1)) {
      expect(size).toBeLessThanOrEqual(8 * MiB);
      expect(size).toBeGreaterThan(8 * MiB - 101_000);
    }
    expect(uploader.concatenated()).toBe(text());
  });

  it("hold a line of more than 8 MiB in one", async () => {
    const uploader = new FakeUploader();
    const { logger, text } = open(temporaryFolder(), uploader, { durability: "record" });
    logger.logTraces({ small: 1 });
    logger.logTraces({ large: "x".repeat(9 * MiB) });
    logger.logTraces({ small: 2 });
    await logger.close();
    expect(uploader.concatenated()).toBe(text());
    for (const bytes of uploader.files.values()) expect(bytes.at(-1)).toBe(10);
    expect([...uploader.files.values()].some((bytes) => bytes.length > 9 * MiB)).toBe(true);
  });

  it("are cut every 60 s without a flush, and as soon as 8 MiB have gathered", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    const uploader = new FakeUploader();
    const { logger } = open(temporaryFolder(), uploader, { durability: "record" });
    logger.logMetrics({ loss: 1 });
    vi.advanceTimersByTime(59_000);
    expect(uploader.requests).toHaveLength(0);
    vi.advanceTimersByTime(1000);
    await eventually(() => expect(uploader.files.size).toBe(1));
    logger.logTraces({ large: "x".repeat(8 * MiB) });
    vi.advanceTimersByTime(1000);
    await eventually(() => expect(uploader.files.size).toBe(2));
    await logger.close();
  });

  it("flushInterval: are cut at every such batch and epoch, and at the other moments of Composer", async () => {
    const uploader = new FakeUploader();
    const { logger, state } = open(temporaryFolder(), uploader, { durability: "record", flushInterval: 2 });
    let expected = 0;
    const segments = (): Promise<void> => eventually(() => expect(uploader.files.size).toBe(expected));
    const settled = async (does: () => void, adds: number): Promise<void> => {
      logger.logMetrics({ loss: 1 });
      does();
      expected += adds;
      await segments();
    };
    await settled(() => state.nextBatch(), 0);
    await settled(() => state.nextBatch(), 1);
    await settled(() => state.nextEpoch(), 0);
    await settled(() => state.nextEpoch(), 1);
    await settled(() => logger.runEvent("epochStart"), 1);
    await settled(() => logger.runEvent("evalStart"), 1);
    await settled(() => logger.runEvent("evalEnd"), 0);
    await settled(() => logger.runEvent("fitEnd"), 1);
    await logger.close();
    expect(uploader.files.size).toBe(expected + 1);
  });

  it("flushInterval: is 100 unless told otherwise", async () => {
    const uploader = new FakeUploader();
    const { logger, state } = open(temporaryFolder(), uploader, { durability: "record" });
    for (let i = 0; i < 99; i++) state.nextBatch();
    logger.logMetrics({ loss: 1 });
    expect(uploader.requests).toHaveLength(0);
    state.nextBatch();
    await eventually(() => expect(uploader.files.size).toBe(1));
    await logger.close();
  });

  it("leave no copies behind once they are staged", async () => {
    const uploader = new FakeUploader();
    const { logger, path } = open(temporaryFolder(), uploader);
    await logger.flush();
    logger.logMetrics({ loss: 1 });
    await logger.close();
    expect(readdirSync(`${path}.segments`)).toEqual(["ledger.jsonl"]);
  });

  it("are not made when nothing takes files", async () => {
    const { logger, path, state } = openRun(temporaryFolder(), { flushInterval: 1 });
    state.nextBatch();
    await logger.flush();
    await logger.close();
    expect(existsSync(`${path}.segments`)).toBe(false);
  });

  it("replace files of another run only with overwrite", async () => {
    const root = temporaryFolder();
    const uploader = new FakeUploader();
    await open(root, uploader).logger.close();
    uploader.files.clear();
    const again = open(root, uploader, { overwrite: true });
    await again.logger.close();
    expect(uploader.requests.map(({ overwrite }) => overwrite)).toEqual([false, true]);
    expect(uploader.concatenated()).toBe(again.text());
  });
});

describe("an uploader in trouble", () => {
  it("gets a segment again that it could not stage, and the log goes on", async () => {
    const uploader = new FakeUploader();
    let failures = 1;
    uploader.behaviour = () => (failures-- > 0 ? "fails to stage" : "stages");
    const { logger, text, errors, state } = open(temporaryFolder(), uploader);
    logger.logMetrics({ loss: 1 });
    await logger.flush();
    await eventually(() =>
      expect(errors.map((error) => (error as { code?: unknown }).code)).toContain("SEGMENT_NOT_SHIPPED"),
    );
    state.nextBatch();
    logger.logMetrics({ loss: 2 });
    await logger.close().catch(() => undefined);
    expect(uploader.concatenated()).toBe(text());
  });

  it("that throws stops nothing, and the log says what is not shipped", async () => {
    const uploader = new FakeUploader();
    uploader.behaviour = () => "throws";
    const { logger, file, lines } = open(temporaryFolder(), uploader);
    logger.logMetrics({ loss: 1 });
    await expect(logger.close()).rejects.toMatchObject({ code: "NOT_SAFE" });
    expect(lines().map(({ type }) => type)).toEqual(["start", "metrics", "end"]);
    expect(file.delivery()).toMatchObject({ delivered: 3, dropped: 0, resumeFrom: file.path });
  });

  it("that never stages delays neither flush nor the log, and close no longer than its timeout", async () => {
    const uploader = new FakeUploader();
    uploader.behaviour = () => "hangs";
    const { logger, file, lines } = open(temporaryFolder(), uploader);
    logger.logMetrics({ loss: 1 });
    await logger.flush();
    const deliveries = await logger.close({ timeout: 200 });
    expect(lines().at(-1)).toMatchObject({ type: "end" });
    expect(deliveries[0]).toMatchObject({ destination: "file", delivered: 3, resumeFrom: file.path });
  });

  it("that never stages makes the disk hold no more than four copies", async () => {
    const uploader = new FakeUploader();
    uploader.behaviour = () => "hangs";
    const { logger, path } = open(temporaryFolder(), uploader);
    for (let i = 0; i < 4; i++) {
      logger.logMetrics({ i });
      await logger.flush();
    }
    logger.logMetrics({ last: 1 });
    void logger.flush();
    const sealed = (): number =>
      readFileSync(`${path}.segments/ledger.jsonl`, "utf8").match(/"sealed"/g)!.length;
    await eventually(() => expect(sealed()).toBe(5));
    expect(readdirSync(`${path}.segments`).filter((name) => name.startsWith("part-"))).toHaveLength(4);
    await logger.close({ timeout: 50 });
  });
});

describe("a run that goes on after it was killed", () => {
  it("hands over the same segments again that were sealed and not staged, then the rest", async () => {
    const root = temporaryFolder();
    const uploader = new FakeUploader();
    const first = open(root, uploader);
    first.logger.logMetrics({ loss: 1 });
    await first.logger.flush();
    await eventually(() => expect(uploader.files.size).toBe(1));
    uploader.behaviour = () => "hangs";
    first.logger.logMetrics({ loss: 2 });
    await first.logger.flush();
    const [, unstaged] = uploader.requests;
    first.logger.logMetrics({ loss: 3 });
    const left = killedCopy(first, root);
    await first.logger.close({ timeout: 0 });

    const resumed = new FakeUploader();
    resumed.files.set(
      uploader.requests[0]!.remoteFileName,
      uploader.files.get(uploader.requests[0]!.remoteFileName)!,
    );
    const second = open(left, resumed, { resume: true });
    second.logger.logMetrics({ loss: 4 });
    await second.logger.close();
    expect(resumed.requests[0]).toMatchObject({ remoteFileName: unstaged!.remoteFileName, overwrite: true });
    expect(resumed.requests.slice(1).every(({ overwrite }) => !overwrite)).toBe(true);
    expect(resumed.concatenated()).toBe(second.text());
    expect(second.errors).toEqual([]);
  });

  it("ships everything that a run without an uploader has left", async () => {
    const root = temporaryFolder();
    const first = openRun(root);
    first.logger.logMetrics({ loss: 1 });
    await first.logger.close();
    const uploader = new FakeUploader();
    const second = open(root, uploader, { resume: true });
    await second.logger.close();
    expect(uploader.concatenated()).toBe(second.text());
  });

  it("survives half a line in the ledger", async () => {
    const root = temporaryFolder();
    const uploader = new FakeUploader();
    const first = open(root, uploader);
    await first.logger.close();
    appendFileSync(`${first.path}.segments/ledger.jsonl`, '{"v":1,"type":"sea');
    const second = open(root, uploader, { resume: true });
    await second.logger.flush();
    await second.logger.close();
    const third = open(root, uploader, { resume: true });
    await third.logger.close();
    expect(uploader.concatenated()).toBe(third.text());
    expect(new Set(uploader.requests.map(({ remoteFileName }) => remoteFileName)).size).toBe(
      uploader.requests.length,
    );
  });

  it("refuses a log that was cut below what was shipped", async () => {
    const root = temporaryFolder();
    const uploader = new FakeUploader();
    const first = open(root, uploader);
    first.logger.logMetrics({ loss: 1 });
    await first.logger.close();
    const shorter = first.text().split("\n").slice(0, 1).join("\n");
    truncateSync(first.path, shorter.length + 1);
    expect(() => open(root, uploader, { resume: true })).toThrow(
      expect.objectContaining({ code: "LOG_TRUNCATED" }),
    );
  });

  it("forgets the segments of a log that is overwritten", async () => {
    const root = temporaryFolder();
    await open(root, new FakeUploader()).logger.close();
    const uploader = new FakeUploader();
    const second = open(root, uploader, { overwrite: true });
    await second.logger.close();
    expect(uploader.concatenated()).toBe(second.text());
    const ledger = readFileSync(join(`${second.path}.segments`, "ledger.jsonl"), "utf8");
    expect(ledger.match(/"sealed"/g)).toHaveLength(uploader.files.size);
  });
});

describe("several ranks", () => {
  it("ship to folders of their own", async () => {
    const root = temporaryFolder();
    const uploader = new FakeUploader();
    for (const rank of [0, 1]) {
      const state = new State({ runName: "run", ranks: { rank, worldSize: 2 } });
      await open(root, uploader, { state }).logger.close();
    }
    expect(segmentNames(uploader)).toEqual([
      "run=run/rank=0/part-0000000000000000.jsonl",
      "run=run/rank=1/part-0000000000000000.jsonl",
    ]);
  });
});
