import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTail } from "../src/log-tail.ts";
import { openRun, readAll } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const OWNER = { runName: "run", rank: 0 };
const HEAD = '"time":1,"step":0,"epoch":0,"batch":0,"sample":0,"token":0';
const start = (seq: number, session: number, run = "run"): string =>
  `{"v":1,"type":"start","seq":${seq},${HEAD},"session":${session},"run":"${run}","ranks":{"rank":0},"maxDuration":null,"timestamp":{},"versions":{}}\n`;
const metrics = (seq: number): string =>
  `{"v":1,"type":"metrics","seq":${seq},${HEAD},"metrics":{"loss":1}}\n`;

const late = (seq: number, next: number, length: number): string =>
  `{"v":1,"type":"table","seq":${seq},${HEAD},"next":${next},"name":"${"x".repeat(length)}","columns":[],"types":[],"rows":[]}\n`;

function logFile(text: string): string {
  const path = join(temporaryFolder(), "log.jsonl");
  writeFileSync(path, text);
  return path;
}

describe("where a log goes on", () => {
  it.each<[string, string, { session: number; seq: number }]>([
    ["an empty file", "", { session: 0, seq: 0 }],
    ["half a first line", start(0, 0).slice(0, 30), { session: 0, seq: 0 }],
    ["a start alone", start(0, 0), { session: 1, seq: 1 }],
    ["a start and records", start(0, 0) + metrics(1) + metrics(2), { session: 1, seq: 3 }],
    [
      "an incomplete last line",
      `${start(0, 0)}${metrics(1)}{"v":1,"type":"metrics","seq":2,`,
      { session: 1, seq: 2 },
    ],
    [
      "several sessions",
      start(0, 0) + metrics(1) + start(2, 1) + metrics(3) + start(4, 2),
      { session: 3, seq: 5 },
    ],
    ["damaged lines at the end", `${start(0, 0)}${metrics(1)}garbage\n\0\0\n`, { session: 1, seq: 2 }],
    ["records a little out of order", start(0, 0) + metrics(3) + metrics(1), { session: 1, seq: 4 }],
    [
      "records that came late, and are so long that nothing before them is looked at",
      `${start(0, 0)}${metrics(2)}${metrics(3)}${late(1, 4, 300_000)}`,
      { session: 1, seq: 4 },
    ],
    [
      "a record that came late, while others were still to come",
      start(0, 0) + late(1, 9, 10),
      { session: 1, seq: 9 },
    ],
    [
      "a start in the text of a record",
      `${start(0, 0)}{"v":1,"type":"traces","seq":1,${HEAD},"traces":{"log":{"v":1,"type":"start","session":7}}}\n`,
      { session: 1, seq: 2 },
    ],
    ["only damaged lines behind the start", `${start(0, 0)}${"x".repeat(600_000)}\n`, { session: 1, seq: 1 }],
  ])("is found behind %s", (_, text, expected) => {
    expect(readTail(logFile(text), OWNER)).toEqual(expected);
  });

  it("is found wherever the last start stands, also across the blocks in which the file is read", () => {
    const MiB = 1024 * 1024;
    const first = start(0, 0);
    const second = start(1, 1);
    // Moves the second start over the border of the last block, one byte at a time.
    for (let shift = 0; shift < second.length + 4; shift++) {
      const behind = MiB - second.length + shift - 2;
      const text = `${first}${"y".repeat(500)}\n${second}${"x".repeat(behind)}\n`;
      expect(readTail(logFile(text), OWNER)).toEqual({ session: 2, seq: 2 });
    }
  });

  it("is found in a long session without reading more than its end for the seq", () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => metrics(i + 2)).join("");
    expect(readTail(logFile(start(0, 3) + metrics(1) + lines), OWNER)).toEqual({ session: 4, seq: 60_002 });
  });
});

describe("a log that cannot be gone on with", () => {
  it.each([
    ["of another run", start(0, 0, "other"), "RUN_MISMATCH"],
    ["of another rank", start(0, 0).replace('"rank":0', '"rank":1'), "RUN_MISMATCH"],
    ["of a newer version", start(0, 0).replace('"v":1', '"v":2'), "FORMAT_TOO_NEW"],
    [
      "gone on with by a newer version",
      start(0, 0) + start(1, 1).replace('"v":1', '"v":12'),
      "FORMAT_TOO_NEW",
    ],
    ["that is something else", "epoch,loss\n1,0.5\n", "LOG_NOT_RECOGNIZED"],
    ["that begins with something else", metrics(0) + start(1, 0), "LOG_NOT_RECOGNIZED"],
  ])("%s is refused and left as it is", async (_, text, code) => {
    const root = temporaryFolder();
    const { logger, path } = openRun(root);
    await logger.close();
    writeFileSync(path, text);
    expect(() => openRun(root, { resume: true })).toThrow(expect.objectContaining({ code }));
    expect(readFileSync(path, "utf8")).toBe(text);
  });
});

describe("a session that goes on", () => {
  it("cuts what a killed process has left half-written, and leaves no gap", async () => {
    const root = temporaryFolder();
    const first = openRun(root);
    first.logger.logMetrics({ loss: 1 });
    await first.logger.close();
    appendFileSync(first.path, '{"v":1,"type":"metrics","seq":3,"time":17');
    const second = openRun(root, { resume: true });
    second.state.nextBatch({ samples: 4 });
    second.logger.logMetrics({ loss: 2 });
    await second.logger.close();
    const records = await readAll(second.path);
    expect(records.map((record) => record.type)).toEqual([
      "start",
      "metrics",
      "end",
      "start",
      "metrics",
      "end",
    ]);
    expect(records.map((record) => (record.type === "damaged" ? -1 : record.seq))).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    expect(records.map((record) => (record.type === "damaged" ? -1 : record.session))).toEqual([
      0, 0, 0, 1, 1, 1,
    ]);
  });

  it("says in its start how far training was", async () => {
    const root = temporaryFolder();
    await openRun(root).logger.close();
    const first = openRun(root, { resume: true });
    first.state.nextBatch({ samples: 7 });
    const { timestamp } = first.state;
    await first.logger.close();
    const second = openRun(root, { resume: true, run: { timestamp: timestamp.toJSON() } });
    await second.logger.close();
    expect(second.lines()[4]).toMatchObject({
      type: "start",
      session: 2,
      step: 1,
      sample: 7,
      timestamp: timestamp.toJSON(),
    });
  });
});
