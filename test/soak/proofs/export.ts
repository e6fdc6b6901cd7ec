import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Logger, State } from "@mlog/core";
import { DuckDBInstance } from "@duckdb/node-api";
import { FileLogger, readRun } from "@mlog/file";
import { type Proof, sampled, type Setting } from "../proof.ts";

const RECORDS = 1_000_000;
const METRICS = 10;
/** How much longer than reading the log an export may take. */
const RATIO = 3;
/** Reading a sample takes so little that a pause of the machine outweighs it: what is never too long, in ms. */
const LEAST = 2000;

const mlog = fileURLToPath(new URL("../../../packages/cli/src/main.ts", import.meta.url));

/** What there is to know of a metric without looking at each of its points. */
type Sums = readonly (readonly [metric: string, count: number, steps: number, nan: number, sum: number])[];

/** What else the machine does comes between two measurements: one good pair of them proves that it can. */
const ATTEMPTS = 3;

/** Both shapes, with what DuckDB makes one row per point of. */
const SHAPES = {
  long: (file: string) => `'${file}'`,
  wide: (file: string) => `(unpivot '${file}' on columns('metric/.*') into name metric value value)`,
} as const;

/** An export of millions of points holds them all, and takes not much longer than reading them. */
export const exportToParquet: Proof = {
  name: "export",
  async run(setting) {
    const records = sampled(setting, RECORDS);
    const run = await writeRun(setting, records);
    const file = join(setting.folder, "points.parquet");
    // The process that exports has to start first, and others do not.
    const starting = await timeOf("--version");
    const done: string[] = [];
    for (const shape of ["long", "wide"] as const) {
      const exporting = async (): Promise<number> =>
        (await timeOf("export", run, "--shape", shape, "-o", file, "--force")) - starting;
      const check = async (expected: Sums): Promise<void> => {
        const found = await sumsOf(SHAPES[shape](file));
        assert.deepEqual(found, expected, `what DuckDB finds in the ${shape} file`);
      };
      done.push(`${shape}: ${await attempt(run, exporting, check)}`);
    }
    return `${records * METRICS} points, all there: ${done.join("; ")}`;
  },
};

/** Reads and exports until an export was quick enough. */
async function attempt(
  run: string,
  exporting: () => Promise<number>,
  check: (expected: Sums) => Promise<void>,
): Promise<string> {
  const tried: string[] = [];
  while (tried.length < ATTEMPTS) {
    const begin = performance.now();
    const expected = await readSums(run);
    const reading = performance.now() - begin;
    const taken = await exporting();
    await check(expected);
    tried.push(`read in ${seconds(reading)} and exported in ${seconds(taken)}`);
    if (taken <= Math.max(LEAST, RATIO * reading)) return tried.join(", ");
  }
  throw new Error(`no export took at most ${RATIO} times as long as reading: ${tried.join("; ")}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** How long the command takes, in ms. */
async function timeOf(...args: string[]): Promise<number> {
  const begin = performance.now();
  await promisify(execFile)(process.execPath, ["--conditions=@mlog/source", mlog, ...args]);
  return performance.now() - begin;
}

/** Values are fractions of 1024, so that their sums are exact in whatever order they are added. */
async function writeRun({ folder, random }: Setting, records: number): Promise<string> {
  const state = new State({ runName: "run", ranks: { rank: 0 } });
  const file = new FileLogger({ root: folder, captureStdout: false, captureStderr: false });
  const logger = new Logger(state, file);
  const names = Array.from({ length: METRICS }, (_, i) => `metric/${i}`);
  for (let step = 0; step < records; step++) {
    const metrics: Record<string, number> = {};
    for (const name of names) metrics[name] = random.chance(0.001) ? NaN : random.below(2 ** 20) / 1024;
    logger.logMetrics(metrics, { step });
    if (step % 50_000 === 0) await logger.flush();
  }
  await logger.close();
  return join(folder, "run");
}

async function readSums(run: string): Promise<Sums> {
  const sums = new Map<string, [count: number, steps: number, nan: number, sum: number]>();
  for await (const record of readRun(run)) {
    if (record.type !== "metrics") continue;
    for (const name of Object.keys(record.metrics)) {
      let entry = sums.get(name);
      if (entry === undefined) sums.set(name, (entry = [0, 0, 0, 0]));
      const value = record.metrics[name]!;
      entry[0]++;
      entry[1] += record.step;
      if (Number.isNaN(value)) entry[2]++;
      else entry[3] += value;
    }
  }
  return [...sums].map(([metric, entry]) => [metric, ...entry] as const).sort(byName);
}

async function sumsOf(points: string): Promise<Sums> {
  const database = await DuckDBInstance.create(":memory:");
  const connection = await database.connect();
  try {
    const result = await connection.runAndReadAll(
      `select metric, count(*)::double, sum(step)::double, (count(*) filter (isnan(value)))::double,
       sum(value) filter (not isnan(value)) from ${points} group by metric`,
    );
    return (result.getRows() as unknown as Sums).toSorted(byName);
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

function byName(a: Sums[number], b: Sums[number]): number {
  return a[0] < b[0] ? -1 : 1;
}
