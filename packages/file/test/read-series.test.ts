import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSeries } from "../src/index.ts";
import { openRun } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

type Point = readonly [name: string, step: number, value: number];

/** A log with each list in a session of its own. */
function logSessions(folder: string, sessions: readonly (readonly Point[])[]): string {
  const path = join(folder, "log.jsonl");
  let seq = 0;
  const line = (type: string, step: number, fields: object): string =>
    `${JSON.stringify({ v: 1, type, seq: seq++, time: 1, step, epoch: 0, batch: 0, sample: 0, token: 0, ...fields })}\n`;
  const start = { run: "run", ranks: { rank: 0 }, maxDuration: null, timestamp: {}, versions: {} };
  const text = sessions.map((points, session) => [
    line("start", 0, { session, ...start }),
    ...points.map(([name, step, value]) => line("metrics", step, { metrics: { [name]: value } })),
  ]);
  writeFileSync(path, text.flat().join(""));
  return path;
}

describe("the series of a run", () => {
  it("are the metrics by name, with steps, values and times", async () => {
    const root = temporaryFolder();
    const { logger, path } = openRun(root);
    logger.logMetrics({ loss: 1, acc: NaN });
    logger.logMetrics({ loss: 0.5 }, { step: 7 });
    await logger.close();
    expect(await readSeries(path)).toEqual(
      new Map([
        [
          "loss",
          {
            steps: new Float64Array([0, 7]),
            values: new Float64Array([1, 0.5]),
            times: new Float64Array([5000, 5000]),
          },
        ],
        [
          "acc",
          { steps: new Float64Array([0]), values: new Float64Array([NaN]), times: new Float64Array([5000]) },
        ],
      ]),
    );
  });

  it("take the later session per metric and step where sessions overlap, and nothing else away", async () => {
    const path = logSessions(temporaryFolder(), [
      [
        ["loss", 0, 10],
        ["loss", 1, 11],
        ["loss", 2, 12],
        ["other", 1, 5],
      ],
      [
        ["loss", 1, 21],
        ["loss", 3, 23],
      ],
    ]);
    const series = await readSeries(path);
    expect([...series.get("loss")!.steps]).toEqual([0, 1, 2, 3]);
    expect([...series.get("loss")!.values]).toEqual([10, 21, 12, 23]);
    expect([...series.get("other")!.values]).toEqual([5]);
  });

  it("keep what one session logged twice for a step, and steps in any order", async () => {
    const path = logSessions(temporaryFolder(), [
      [
        ["loss", 5, 1],
        ["loss", 2, 2],
        ["loss", 5, 3],
      ],
    ]);
    const { steps, values } = (await readSeries(path)).get("loss")!;
    expect([...steps]).toEqual([2, 5, 5]);
    expect([...values]).toEqual([2, 1, 3]);
  });

  it("rank: are those of one process, the first unless told otherwise", async () => {
    const root = temporaryFolder();
    for (const rank of [0, 1]) {
      const { logger } = openRun(root, { run: { ranks: { rank, worldSize: 2 } } });
      logger.logMetrics({ loss: rank });
      await logger.close();
    }
    const values = async (rank?: number): Promise<number[]> => [
      ...(await readSeries(join(root, "run"), rank === undefined ? {} : { rank })).get("loss")!.values,
    ];
    expect(await values()).toEqual([0]);
    expect(await values(1)).toEqual([1]);
    expect(await readSeries(join(root, "run"), { rank: 2 })).toEqual(new Map());
  });

  it("follow the rule for any sessions", async () => {
    const point = fc.tuple(fc.constantFrom("a", "b"), fc.nat({ max: 4 }), fc.integer());
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(point, { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
        async (sessions) => {
          const root = mkdtempSync(join(tmpdir(), "mlog-file-"));
          try {
            const series = await readSeries(logSessions(root, sessions));
            const expected = new Map<string, [number, number][]>();
            for (const name of ["a", "b"]) {
              const points: [number, number][] = [];
              for (let step = 0; step <= 4; step++) {
                const last =
                  sessions.findLast((session) => session.some((p) => p[0] === name && p[1] === step)) ?? [];
                for (const [n, s, value] of last) if (n === name && s === step) points.push([step, value]);
              }
              if (points.length > 0) expected.set(name, points);
            }
            const found = [...series].map(([name, { steps, values }]) => [
              name,
              [...steps].map((step, i) => [step, values[i]]),
            ]);
            expect(new Map(found as never)).toEqual(expected);
          } finally {
            rmSync(root, { recursive: true });
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
