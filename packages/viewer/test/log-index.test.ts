import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSeries } from "@mlog/file";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { readCurve } from "../src/worker/curve.ts";
import { LogIndex } from "../src/worker/log-index.ts";
import { logRun } from "./sample-runs.ts";

const folder = mkdtempSync(join(tmpdir(), "mlog-index-"));
afterAll(() => rmSync(folder, { recursive: true }));

await logRun({ root: folder, runName: "one", steps: 120, media: false });
const path = join(folder, "one/logs-rank0.jsonl");
const log = readFileSync(path);

let count = 0;
function newIndex(firstLine = ""): LogIndex {
  return new LogIndex({ path: join(folder, `index-${count++}`), file: "log", rank: 0, firstLine });
}

const everything = { axis: "step", from: -Infinity, to: Infinity, points: 10_000, after: 0 } as const;

describe("the index of a log", () => {
  it("holds the points that the reader of @mlog/file gives", async () => {
    const index = newIndex();
    index.add(0, log);
    for (const [metric, series] of await readSeries(path)) {
      const curve = readCurve(index, { ...everything, metric })!;
      expect([...curve.step]).toEqual([...series.steps]);
      expect([...curve.time]).toEqual([...series.times]);
      expect([...curve.mean]).toEqual([...series.values]);
    }
  });

  it("is the same however the bytes arrive, and whenever it was saved and opened again", () => {
    const whole = newIndex();
    whole.add(0, log);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const identity = { path: join(folder, `index-${count++}`), file: "log", rank: 0, firstLine: "first" };
        let index = new LogIndex(identity);
        // What is saved ends with a line: each time more is added before it, so that even single bytes get on.
        for (let at = 0, i = 0, saveAt = 1; index.position < log.length; i++) {
          at = index.position;
          index.add(at, log.subarray(at, at + sizes[i % sizes.length]!));
          if (i !== saveAt) continue;
          saveAt *= 2;
          index.save();
          index = new LogIndex(identity);
        }
        expect(index.summary()).toEqual(whole.summary());
        expect(readCurve(index, { ...everything, metric: "loss/train" })).toEqual(
          readCurve(whole, { ...everything, metric: "loss/train" }),
        );
      }),
      { seed: Number(process.env["SEED"]), numRuns: 25 },
    );
  });

  it("leaves out a torn tail, and goes on when it is completed", () => {
    const index = newIndex();
    index.add(0, log.subarray(0, log.length - 10));
    const before = index.summary();
    index.add(index.position, log.subarray(log.length - 10));
    expect(before.status).toBe("open");
    expect(before.problemCount).toBe(0);
    expect(index.summary().status).toBe("ended");
  });

  it("passes over a line of a gigabyte without holding it, and says so", () => {
    const index = newIndex();
    const block = Buffer.alloc(1024 * 1024, "x");
    const before = process.memoryUsage().rss;
    let peak = 0;
    for (let i = 0; i < 1024; i++) {
      index.add(index.position, block);
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    index.add(index.position, Buffer.from("\n"));
    index.add(index.position, log);
    expect(peak - before).toBeLessThan(300 * 1024 * 1024);
    expect(index.summary().problems[0]?.reason).toMatch(/more than 64 MiB/);
    expect(index.summary().step).toBe(120);
  });

  it.for([
    ["text", "hello"],
    ["another version", '{"v":7,"type":"metrics"}'],
    [
      "a place that is not finite",
      '{"v":1,"type":"metrics","seq":1,"time":1e999,"step":1,"epoch":0,"batch":0,"sample":0,"token":0,"metrics":{"a":1}}',
    ],
  ] as const)("counts %s as a problem, with its place", ([, line]) => {
    const index = newIndex();
    index.add(0, Buffer.from(`${line}\n`));
    expect(index.summary()).toMatchObject({
      problemCount: 1,
      problems: [{ file: "log", byte: 0 }],
      metrics: [],
    });
  });

  it("sends only what is new to who knows the rest", () => {
    const index = newIndex();
    index.add(0, log);
    const { total } = readCurve(index, { ...everything, metric: "loss/train" })!;
    const more = readCurve(index, { ...everything, metric: "loss/train", after: total - 3 })!;
    expect(more).toMatchObject({ append: true, size: 1, total });
    expect(more.step.length).toBe(3);
  });

  it("places batches within their epochs", () => {
    const index = newIndex();
    index.add(0, log);
    const { epoch } = readCurve(index, { ...everything, metric: "loss/train", axis: "epoch" })!;
    expect([epoch[0], epoch[15], epoch[30], epoch[45]]).toEqual([0, 0.5, 1, 1.5]);
  });
});
