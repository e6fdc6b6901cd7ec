import {
  appendFileSync,
  copyFileSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeFileSync,
  writeSync,
  closeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { FakeUploader } from "./fake-uploader.ts";
import { openRun, readAll } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const HEAD = '"time":1,"step":0,"epoch":0,"batch":0,"sample":0,"token":0';
const metricsLine = (seq: number): string =>
  `{"v":1,"type":"metrics","seq":${seq},${HEAD},"metrics":{"loss":${seq}}}`;

/** A file with these lines; the last one is as it is given. */
function logFile(...lines: string[]): string {
  const path = join(temporaryFolder(), "logs-rank0.jsonl");
  writeFileSync(path, lines.join("\n"));
  return path;
}

async function reasons(path: string): Promise<string[]> {
  return (await readAll(path)).map((record) => (record.type === "damaged" ? record.reason : record.type));
}

describe("reading a log", () => {
  it("takes a path, or a file: URL", async () => {
    const path = logFile(metricsLine(0), "");
    const expected = [{ type: "metrics", seq: 0, metrics: { loss: 0 } }];
    expect(await readAll(path)).toMatchObject(expected);
    expect(await readAll(pathToFileURL(path))).toMatchObject(expected);
  });

  it("leaves out a last line that is not complete, even if it could be read", async () => {
    expect(await reasons(logFile(metricsLine(0), metricsLine(1)))).toEqual(["metrics"]);
    expect(await reasons(logFile(metricsLine(0), '{"v":1,"ty'))).toEqual(["metrics"]);
    expect(await reasons(logFile('{"v":1,"ty'))).toEqual([]);
    expect(await reasons(logFile(""))).toEqual([]);
  });

  it("says where a damaged line is, and goes on", async () => {
    const path = logFile(metricsLine(0), "é broken", "", metricsLine(3), "\0\0\0", metricsLine(5), "");
    const byte = Buffer.byteLength(metricsLine(0)) + 1;
    expect(await readAll(path)).toMatchObject([
      { type: "metrics", seq: 0 },
      { type: "damaged", file: path, line: 2, byte, reason: expect.stringContaining("JSON") as string },
      { type: "damaged", line: 3, byte: byte + 10 },
      { type: "metrics", seq: 3 },
      { type: "damaged", line: 5 },
      { type: "metrics", seq: 5 },
    ]);
  });

  it.each([
    ["an array", "[1]", "it is not a JSON object"],
    ["null", "null", "it is not a JSON object"],
    ["no version", "{}", "its version is undefined, not 1"],
    ["another version", `{"v":7,"type":"metrics","seq":0,${HEAD},"metrics":{}}`, "its version is 7, not 1"],
    ["no type", `{"v":1,"seq":0,${HEAD}}`, "it has no type"],
    ["no seq", `{"v":1,"type":"metrics",${HEAD},"metrics":{}}`, "its seq is undefined"],
    ["a fractional seq", `{"v":1,"type":"metrics","seq":0.5,${HEAD},"metrics":{}}`, "its seq is 0.5"],
    [
      "text for a time",
      `{"v":1,"type":"metrics","seq":0,${HEAD.replace("1", '"x"')},"metrics":{}}`,
      'its time is "x"',
    ],
    ["no metrics", `{"v":1,"type":"metrics","seq":0,${HEAD}}`, "its metrics is undefined"],
    [
      "metrics in an array",
      `{"v":1,"type":"metrics","seq":0,${HEAD},"metrics":[1]}`,
      "its metrics is an array of 1",
    ],
    [
      "a metric that is text",
      `{"v":1,"type":"metrics","seq":0,${HEAD},"metrics":{"a":"high"}}`,
      'its metric "a" is "high"',
    ],
    [
      "a metric that is null",
      `{"v":1,"type":"metrics","seq":0,${HEAD},"metrics":{"a":null}}`,
      'its metric "a" is null',
    ],
    [
      "a table without rows",
      `{"v":1,"type":"table","seq":0,${HEAD},"name":"t","columns":[],"types":[]}`,
      "its rows is undefined",
    ],
    [
      "rows that are no rows",
      `{"v":1,"type":"table","seq":0,${HEAD},"name":"t","columns":[],"types":[],"rows":[1]}`,
      "its rows is an array of 1",
    ],
    ["an end without saying how", `{"v":1,"type":"end","seq":0,${HEAD}}`, "its error is undefined"],
    ["the name of a property of all objects", `{"v":1,"type":"toString","seq":0,${HEAD}}`, "unknown"],
  ])("gives a line with %s as it is", async (_, line, reason) => {
    expect(await reasons(logFile(line, metricsLine(1), ""))).toEqual([reason, "metrics"]);
  });

  it("reports bytes that are no UTF-8", async () => {
    const path = logFile("");
    writeFileSync(path, Buffer.from([0xff, 0xfe, 10]));
    expect(await reasons(path)).toEqual(["it is not UTF-8"]);
  });

  it("gives a type that it does not know as it is, with the head of every record", async () => {
    const line = `{"v":1,"type":"video","seq":4,${HEAD},"frames":3}`;
    expect(await readAll(logFile(line, ""))).toEqual([
      {
        type: "unknown",
        seq: 4,
        time: 1,
        step: 0,
        epoch: 0,
        batch: 0,
        sample: 0,
        token: 0,
        session: 0,
        rank: 0,
        record: JSON.parse(line),
      },
    ]);
  });

  it("lets through fields that it does not know", async () => {
    const [record] = await readAll(
      logFile(metricsLine(0).replace('"metrics":', '"extra":[1],"metrics":'), ""),
    );
    expect(record).toMatchObject({ type: "metrics", extra: [1] });
  });

  it("refuses a session in a newer version, instead of guessing", async () => {
    const path = logFile(metricsLine(0), `{"v":2,"type":"start","seq":1}`, "");
    await expect(readAll(path)).rejects.toMatchObject({ code: "FORMAT_TOO_NEW" });
  });

  it("maxLineBytes: reports a longer line as damaged", async () => {
    const long = metricsLine(1).replace("loss", "l".repeat(100_000));
    const path = logFile(metricsLine(0), long, metricsLine(2), "");
    const records = await readAll(path, { maxLineBytes: 1000 });
    expect(records).toMatchObject([
      { type: "metrics" },
      { type: "damaged", line: 2, reason: "it is longer than 1000 bytes" },
      { type: "metrics", seq: 2 },
    ]);
    expect(await reasons(path)).toEqual(["metrics", "metrics", "metrics"]);
    await expect(readAll(path, { maxLineBytes: 0 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("passes over a line of a gigabyte without holding it in memory", async () => {
    const path = logFile(metricsLine(0), "");
    const file = openSync(path, "r+");
    const GiB = 1024 ** 3;
    ftruncateSync(file, GiB);
    writeSync(file, `\n${metricsLine(1)}\n`, GiB);
    closeSync(file);
    const before = process.resourceUsage().maxRSS;
    const seen = (await readAll(path)).map(({ type }) => type);
    expect(seen).toEqual(["metrics", "damaged", "metrics"]);
    // In KiB: the limit of a line, and what is read ahead of the garbage collector.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(300 * 1024);
  });

  it("says that there is nothing, with a code", async () => {
    const folder = temporaryFolder();
    await expect(readAll(join(folder, "missing.jsonl"))).rejects.toMatchObject({ code: "LOG_NOT_FOUND" });
    await expect(readAll(folder)).rejects.toMatchObject({ code: "LOG_NOT_FOUND" });
  });

  it("can be left early", async () => {
    const path = logFile(...Array.from({ length: 10 }, (_, i) => metricsLine(i)), "");
    const { readRun } = await import("../src/index.ts");
    for await (const record of readRun(path)) {
      expect(record).toMatchObject({ seq: 0 });
      break;
    }
  });
});

describe("reading a run folder", () => {
  it("gives one rank after the other, each record with its rank and session", async () => {
    const root = temporaryFolder();
    for (const rank of [10, 2, 0]) {
      for (const loss of [1, 2]) {
        const run = { ranks: { rank, worldSize: 11 } };
        const { logger } = openRun(root, { resume: true, run });
        logger.logMetrics({ loss });
        await logger.close();
      }
    }
    const records = (await readAll(join(root, "run"))).filter((record) => record.type === "metrics");
    expect(records.map(({ rank, session, metrics }) => [rank, session, metrics])).toEqual(
      [0, 2, 10].flatMap((rank) => [
        [rank, 0, { loss: 1 }],
        [rank, 1, { loss: 2 }],
      ]),
    );
  });

  it("reads a downloaded run from its segments, and says what is missing", async () => {
    const root = temporaryFolder();
    const uploader = new FakeUploader();
    const { logger, text } = openRun(root, { others: [uploader] });
    for (let i = 0; i < 3; i++) {
      logger.logMetrics({ i });
      await logger.flush();
    }
    await logger.close();
    const folder = join(temporaryFolder(), "rank=0");
    mkdirSync(folder);
    for (const [name, bytes] of uploader.files) writeFileSync(join(folder, basename(name)), bytes);
    const whole = (await readAll(join(folder, ".."))).map(({ type }) => type);
    expect(whole).toEqual(["start", "metrics", "metrics", "metrics", "end"]);
    expect(await readAll(folder)).toHaveLength(5);

    const partial = temporaryFolder();
    const names = [...uploader.files.keys()].map((name) => basename(name)).sort();
    for (const name of names.filter((_, i) => i !== 1)) copyFileSync(join(folder, name), join(partial, name));
    const [first, second] = [...uploader.files.values()].map((bytes) => bytes.length);
    expect((await readAll(partial))[2]).toEqual({
      type: "damaged",
      file: join(partial, names[2]!),
      line: 1,
      byte: 0,
      reason: `bytes ${first} to ${first! + second! - 1} of the log are missing before this segment`,
    });
    expect(text().length).toBeGreaterThan(first! + second!);
  });

  it("takes no notice of the ledger of the segments", async () => {
    const root = temporaryFolder();
    const { logger, path } = openRun(root, { others: [new FakeUploader()] });
    await logger.close();
    appendFileSync(`${path}.segments/ledger.jsonl`, "not a record\n");
    expect((await readAll(join(root, "run"))).map(({ type }) => type)).toEqual(["start", "end"]);
  });
});
