import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rmSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSeries } from "../src/index.ts";
import { openRun } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

type Point = readonly [name: string, step: number, value: number];

/** Logs each list in a session of its own. */
async function logSessions(root: string, sessions: readonly (readonly Point[])[]): Promise<string> {
  let path = "";
  for (const points of sessions) {
    const run = openRun(root, { resume: true, durability: "record" });
    for (const [name, step, value] of points) run.logger.logMetrics({ [name]: value }, { step });
    await run.logger.close();
    path = run.path;
  }
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
    const path = await logSessions(temporaryFolder(), [
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
    const path = await logSessions(temporaryFolder(), [
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
            const series = await readSeries(await logSessions(root, sessions));
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
      { numRuns: 30 },
    );
  });
});
