import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { FileLogger, type FileLoggerOptions, MAX_LINE_BYTES } from "../src/index.ts";
import { eventually } from "./eventually.ts";
import { openRun } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("where the log is", () => {
  it("root: below runs/ of the working directory unless told otherwise", async () => {
    const folder = temporaryFolder();
    const before = process.cwd();
    process.chdir(folder);
    onTestFinished(() => process.chdir(before));
    const file = new FileLogger({ captureStdout: false, captureStderr: false });
    expect(file.path).toBeUndefined();
    const logger = new Logger(new State({ runName: "first" }), file);
    await logger.close();
    expect(file.path).toBe(join(process.cwd(), "runs", "first", "logs-rank0.jsonl"));
    expect(existsSync(join(folder, "runs", "first", "logs-rank0.jsonl"))).toBe(true);
  });

  it("filename: a format string with the variables of the run", async () => {
    const root = temporaryFolder();
    const { logger, path } = openRun(root, {
      filename: "{run_name}/{rank}-{local_rank}-{node_rank}-{world_size}-{local_world_size}-{other}.log",
      run: { ranks: { rank: 3, localRank: 1, nodeRank: 1, worldSize: 4, localWorldSize: 2 } },
    });
    await logger.close();
    expect(path).toBe(join(root, "run", "3-1-1-4-2-{other}.log"));
    expect(existsSync(path)).toBe(true);
  });

  it.each(["../outside.jsonl", "/etc/{run_name}", "a/../../b", "a\0b", "{run_name}/{batch}.jsonl"])(
    "refuses the filename %j",
    (filename) => {
      expect(() => openRun(temporaryFolder(), { filename })).toThrow(
        expect.objectContaining({ code: "INVALID_NAME" }),
      );
    },
  );

  it.each(["../{run_name}", "{run_name}/{epoch}"])(
    "refuses the remoteFileName %j before anything is made",
    (remoteFileName) => {
      const root = temporaryFolder();
      expect(() => openRun(root, { remoteFileName })).toThrow(
        expect.objectContaining({ code: "INVALID_NAME" }),
      );
      expect(existsSync(join(root, "run"))).toBe(false);
    },
  );

  it("refuses a folder that cannot be made, with the code of the journal", () => {
    const root = temporaryFolder();
    writeFileSync(join(root, "run"), "a file where the folder of the run should be");
    expect(() => openRun(root)).toThrow(expect.objectContaining({ code: "OPEN_FAILED" }));
  });
});

describe("a log that is there already", () => {
  it("is refused, with an error that names it, and is left as it is", async () => {
    const root = temporaryFolder();
    const first = openRun(root);
    await first.logger.close();
    const before = first.text();
    const stdout = process.stdout.write;
    expect(() => openRun(root, { captureStdout: true })).toThrow(
      expect.objectContaining({
        code: "LOG_EXISTS",
        message: expect.stringContaining(JSON.stringify(first.path)) as string,
      }),
    );
    expect(first.text()).toBe(before);
    expect(process.stdout.write).toBe(stdout);
  });

  it("overwrite: is replaced", async () => {
    const root = temporaryFolder();
    const first = openRun(root);
    first.logger.logMetrics({ old: 1 });
    await first.logger.close();
    const second = openRun(root, { overwrite: true });
    await second.logger.close();
    expect(second.text()).not.toContain("old");
    expect(second.lines()[0]).toMatchObject({ type: "start", seq: 0, session: 0 });
  });

  it("resume: is gone on with, in the next session", async () => {
    const root = temporaryFolder();
    const first = openRun(root, { resume: true });
    first.logger.logMetrics({ loss: 1 });
    await first.logger.close();
    const second = openRun(root, { resume: true });
    second.logger.logMetrics({ loss: 2 });
    await second.logger.close();
    expect(second.lines().map(({ type, seq, session }) => [type, seq, session])).toEqual([
      ["start", 0, 0],
      ["metrics", 1, undefined],
      ["end", 2, undefined],
      ["start", 3, 1],
      ["metrics", 4, undefined],
      ["end", 5, undefined],
    ]);
  });
});

describe("what is kept", () => {
  it("captureStdout and captureStderr: both unless told otherwise, and only until the logger is closed", async () => {
    const stdout = process.stdout.write;
    const stderr = process.stderr.write;
    const { logger, lines } = openRun(temporaryFolder(), { captureStdout: true, captureStderr: true });
    process.stdout.write("to stdout\n");
    process.stderr.write("to stderr");
    await logger.close();
    expect(process.stdout.write).toBe(stdout);
    expect(process.stderr.write).toBe(stderr);
    expect(lines().slice(1, -1)).toMatchObject([
      { type: "output", stream: "stdout", text: "to stdout", step: 0, time: 5000 },
      { type: "output", stream: "stderr", text: "to stderr" },
    ]);
  });

  it.each([
    ["captureStdout", "stderr"],
    ["captureStderr", "stdout"],
  ] as const)("%s: false leaves only %s", async (option, other) => {
    const options: FileLoggerOptions = { captureStdout: true, captureStderr: true, [option]: false };
    const { logger, lines } = openRun(temporaryFolder(), options);
    process.stdout.write("one\n");
    process.stderr.write("two\n");
    await logger.close();
    const streams = lines().filter(({ type }) => type === "output");
    expect(streams.map(({ stream }) => stream)).toEqual([other]);
  });

  it("logTraces: false leaves traces out", async () => {
    const { logger, lines } = openRun(temporaryFolder(), { logTraces: false });
    logger.logTraces({ a: 1 });
    logger.logMetrics({ a: 1 });
    await logger.close();
    expect(lines().map(({ type, seq }) => [type, seq])).toEqual([
      ["start", 0],
      ["metrics", 1],
      ["end", 2],
    ]);
  });

  it("output is stamped with the step and the time of the run", async () => {
    const { logger, state, lines } = openRun(temporaryFolder(), { captureStdout: true });
    state.nextBatch({ samples: 3 });
    process.stdout.write("hello\n");
    await logger.close();
    expect(lines()[1]).toMatchObject({
      type: "output",
      step: 1,
      batch: 1,
      sample: 3,
      time: 5000,
      text: "hello",
    });
  });
});

describe("durability", () => {
  it("'record': a record is in the file when the call returns", async () => {
    const { logger, lines } = openRun(temporaryFolder(), { durability: "record" });
    logger.logMetrics({ loss: 1 });
    expect(lines().at(-1)).toMatchObject({ type: "metrics", metrics: { loss: 1 } });
    await logger.close();
  });

  it.each(["default", "disk", "record"] as const)(
    "%j: flush() resolves when everything before is in the file",
    async (durability) => {
      const { logger, file, lines } = openRun(temporaryFolder(), { durability });
      for (let i = 0; i < 500; i++) logger.logMetrics({ i });
      await logger.flush();
      expect(lines().at(-1)).toMatchObject({ metrics: { i: 499 } });
      expect(lines()).toHaveLength(501);
      expect(file.delivery()).toEqual({ delivered: 501, pending: 0, dropped: 0 });
      await logger.close();
    },
  );
});

describe("what became of the records", () => {
  it("is nothing before a logger has the destination", () => {
    expect(new FileLogger().delivery()).toEqual({ delivered: 0, pending: 0, dropped: 0 });
  });

  it("is that all are delivered after close", async () => {
    const { logger } = openRun(temporaryFolder());
    logger.logMetrics({ loss: 1 });
    expect(await logger.close()).toEqual([{ destination: "file", delivered: 3, pending: 0, dropped: 0 }]);
  });
});

describe("what could not be kept", () => {
  it("makes the next flush reject, is counted, and is named in the log", async () => {
    const { logger, file, lines, errors } = openRun(temporaryFolder());
    logger.logMetrics({ loss: 1 });
    logger.logTraces({ large: "x".repeat(MAX_LINE_BYTES) });
    await expect(logger.flush()).rejects.toMatchObject({
      code: "NOT_SAFE",
      errors: [{ code: "RECORDS_DROPPED" }],
    });
    expect(errors).toMatchObject([{ code: "RECORD_TOO_LARGE" }, { code: "RECORDS_DROPPED" }]);
    expect(lines().at(-1)).toMatchObject({ type: "dropped", seq: 3, from: 2, to: 2 });
    expect(file.delivery()).toEqual({ delivered: 3, pending: 0, dropped: 1 });
    logger.logMetrics({ loss: 2 });
    await logger.flush();
    expect(await logger.close()).toMatchObject([{ delivered: 5, dropped: 1 }]);
  });

  it("makes close reject, if no flush did", async () => {
    const { logger } = openRun(temporaryFolder());
    logger.logTraces({ large: "x".repeat(MAX_LINE_BYTES) });
    await expect(logger.close()).rejects.toMatchObject({
      code: "NOT_SAFE",
      errors: [{ code: "RECORDS_DROPPED" }],
      deliveries: [{ delivered: 3, pending: 0, dropped: 1 }],
    });
  });

  it.skipIf(!existsSync("/dev/full"))(
    "on a full disk neither stops the loop nor is said to be safe",
    async () => {
      const root = temporaryFolder();
      mkdirSync(join(root, "run"));
      symlinkSync("/dev/full", join(root, "run", "logs-rank0.jsonl"));
      const { logger, file, errors } = openRun(root, { overwrite: true });
      for (let i = 0; i < 100; i++) logger.logMetrics({ i });
      await expect(logger.flush()).rejects.toMatchObject({ code: "NOT_SAFE" });
      expect(errors.map((error) => (error as { code?: unknown }).code)).toContain("WRITE_FAILED");
      expect(file.delivery()).toMatchObject({ delivered: 0, pending: 101, resumeFrom: file.path });
      logger.logMetrics({ last: 1 });
      await expect(logger.close({ timeout: 5000 })).rejects.toMatchObject({ code: "NOT_SAFE" });
    },
  );
});

describe("a wrong option", () => {
  it.each<[string, unknown]>([
    ["root", 5],
    ["root", ""],
    ["filename", null],
    ["filename", ""],
    ["remoteFileName", 5],
    ["remoteFileName", ""],
    ["format", "csv"],
    ["format", 1],
    ["captureStdout", "yes"],
    ["captureStderr", 1],
    ["flushInterval", 0],
    ["flushInterval", 1.5],
    ["flushInterval", NaN],
    ["flushInterval", "100"],
    ["logTraces", null],
    ["overwrite", "true"],
    ["resume", {}],
    ["durability", "none"],
    ["bufferSize", 1],
  ])("%s: %j is refused by name", (name, value) => {
    expect(() => new FileLogger({ [name]: value })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(name) as string }),
    );
  });

  it.each([null, 5, "runs"])("%j instead of options is refused", (options) => {
    expect(() => new FileLogger(options as never)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });

  it("overwrite and resume together are refused", () => {
    expect(() => new FileLogger({ overwrite: true, resume: true })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });

  it("undefined is the default", () => {
    expect(() => new FileLogger({ root: undefined, flushInterval: undefined } as never)).not.toThrow();
  });

  it("one FileLogger in two loggers is refused", async () => {
    const { logger, file } = openRun(temporaryFolder());
    expect(() => new Logger(new State({ runName: "other" }), file)).toThrow(
      expect.objectContaining({ code: "INVALID_DESTINATION" }),
    );
    await logger.close();
  });
});

describe("a destination after this one that cannot start", () => {
  it("leaves stdout as it was", () => {
    const root = temporaryFolder();
    mkdirSync(root, { recursive: true });
    const stdout = process.stdout.write;
    const failing = {
      name: "failing",
      specVersion: 1 as const,
      init: () => {
        throw new Error("wrong key");
      },
    };
    expect(() => openRun(root, { captureStdout: true, others: [failing] })).toThrow("wrong key");
    return eventually(() => {
      expect(process.stdout.write).toBe(stdout);
      expect(readFileSync(join(root, "run/logs-rank0.jsonl"), "utf8")).toContain('"type":"end"');
    });
  });
});
