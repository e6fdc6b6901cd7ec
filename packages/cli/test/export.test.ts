import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test, vi } from "vitest";
import { asProcess, mlog, openRun, temporaryFolder, writeRun } from "./mlog.ts";

/** What DuckDB answers, with bigints as numbers. */
async function query(sql: string): Promise<unknown[]> {
  const database = await DuckDBInstance.create(":memory:");
  const connection = await database.connect();
  try {
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    return rows.map((row) =>
      Object.values(row).map((cell) =>
        typeof cell === "string" && /^-?\d+$/.test(cell) ? Number(cell) : cell,
      ),
    );
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

test("long: DuckDB counts, sums and finds NaN in the Parquet file as in the log", async () => {
  const root = temporaryFolder();
  const { logger } = openRun(root, "big");
  // More than one row group, and the last of them not full.
  const count = 60_001;
  for (let step = 0; step < count; step++) {
    logger.logMetrics(
      { a: step % 7 === 0 ? NaN : step / 2, b: step % 1000 === 0 ? Infinity : -step },
      { step: step * 2 ** 21 },
    );
    if (step % 10_000 === 0) await logger.flush();
  }
  await logger.close();
  const file = join(root, "big.parquet");
  expect((await mlog("export", join(root, "big"), "-o", file, "--json")).json()).toMatchObject({
    rows: 2 * count,
  });
  const log = join(root, "big", "logs-rank0.jsonl");
  const source = `(select step, time, unnest(map_entries(metrics)) as e from read_json('${log}', format='newline_delimited',
    columns={type: 'VARCHAR', step: 'BIGINT', time: 'DOUBLE', metrics: 'MAP(VARCHAR, DOUBLE)'}) where type = 'metrics')`;
  const sums = (metric: string, value: string, from: string): string =>
    `select ${metric} as m, count(*), sum(step)::double, count(*) filter (isnan(${value})), count(*) filter (isinf(${value})),
     sum(${value}) filter (isfinite(${value})) from ${from} group by m order by m`;
  const exported = await query(sums("metric", "value", `'${file}'`));
  expect(exported).toHaveLength(2);
  expect(exported).toEqual(await query(sums("e.key", "e.value", source)));
  expect(await query(`select distinct run, rank, session, epoch_ms(time) from '${file}'`)).toEqual([
    ["big", 0, 0, 5000],
  ]);
});

test("wide: one row per step, missing values are null and NaN is NaN", async () => {
  const root = temporaryFolder();
  const path = await writeRun(root, "run");
  const file = join(root, "wide.parquet");
  const started = once(process, "worker") as Promise<[Worker]>;
  const exported = mlog("export", path, "-s", "wide", "-o", file);
  const exited = once((await started)[0], "exit");
  await exported;
  expect(await exited, "the thread that writes ends by itself").toEqual([0]);
  const rows = await query(
    `select step, epoch, sample, loss, "metric.step", "rate/learning" from '${file}' order by step`,
  );
  expect(rows).toHaveLength(6);
  expect(rows[1]).toEqual([1, 0, 8, 0.5, 10, 0.01]);
  expect(await query(`select step from '${file}' where isnan(loss)`)).toEqual([[4]]);
  const sparse = openRun(root, "sparse");
  sparse.logger.logMetrics({ a: 1 }, { step: 0 });
  sparse.logger.logMetrics({ b: 2 }, { step: 1 });
  sparse.logger.logMetrics({ a: 3 }, { step: 1 });
  sparse.logger.logMetrics({ a: 4 }, { step: 1 });
  await sparse.logger.close();
  const second = join(root, "sparse.parquet");
  await mlog("export", join(root, "sparse"), "-s", "wide", "-o", second);
  expect(await query(`select step, a, b from '${second}'`)).toEqual([
    [0, 1, null],
    [1, 3, 2],
    [1, 4, null],
  ]);
});

test.each(["csv", "parquet"])(
  "wide: a metric that comes late in the run has its column in %s",
  async (format) => {
    const root = temporaryFolder();
    const { logger } = openRun(root, "run");
    const count = 10_001;
    for (let step = 0; step < count; step++) logger.logMetrics({ a: step }, { step });
    logger.logMetrics({ b: 7, c: 8 }, { step: count });
    logger.logMetrics({ d: 9 }, { step: count });
    await logger.close();
    const out = join(root, "out");
    mkdirSync(out);
    const file = join(out, `run.${format}`);
    const said = await mlog("export", join(root, "run"), "-s", "wide", "-o", file, "--json");
    expect(said.json()).toMatchObject({ rows: count + 1 });
    expect(
      await query(`select count(*), count(a), sum(a)::double, sum(b)::double, sum(d)::double from '${file}'`),
    ).toEqual([[count + 1, count, (count * (count - 1)) / 2, 7, 9]]);
    expect(readdirSync(out)).toEqual([`run.${format}`]);
  },
);

test("CSV and JSON hold the same, and go to stdout", async () => {
  const path = await writeRun(temporaryFolder(), "run");
  const csv = await mlog("export", path, "-o", "-", "--metric", "lo*");
  expect(csv.stdout.split("\r\n").slice(0, 2)).toEqual([
    "run,rank,session,step,time,metric,value",
    "run,0,0,0,5000,loss,1",
  ]);
  expect(csv.stdout).toContain(",4,5000,loss,NaN\r\n");
  const json = await mlog("export", path, "-o", "-", "-f", "json", "-s", "wide");
  const rows = json.json<Record<string, unknown>[]>();
  expect(rows).toHaveLength(6);
  expect(rows[4]).toMatchObject({ step: 4, loss: "NaN", "metric.step": 40, "rate/learning": 0.01 });
});

test("several runs go into one file", async () => {
  const root = temporaryFolder();
  const paths = [await writeRun(root, "a"), await writeRun(root, "b")];
  const file = join(root, "both.csv");
  await mlog("export", ...paths, "-o", file);
  const runs = readFileSync(file, "utf8")
    .split("\r\n")
    .slice(1, -1)
    .map((line) => line.split(",")[0]);
  expect(new Set(runs)).toEqual(new Set(["a", "b"]));
});

test.each(["csv", "parquet"])("Ctrl-C leaves no half of a file of %s behind", async (format) => {
  const root = temporaryFolder();
  const { logger } = openRun(root, "run");
  for (let step = 0; step < 100_000; step++) {
    logger.logMetrics({ a: step, b: step, c: step }, { step });
    if (step % 20_000 === 0) await logger.flush();
  }
  await logger.close();
  const out = join(root, "out");
  mkdirSync(out);
  const exporting = spawn(process.execPath, [
    ...asProcess,
    "export",
    "run",
    "--root",
    root,
    "-o",
    join(out, `x.${format}`),
  ]);
  const ended = new Promise((resolve) => exporting.on("exit", resolve));
  await vi.waitFor(() => expect(readdirSync(out)).toHaveLength(1), { timeout: 30_000, interval: 1 });
  exporting.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(readdirSync(out)).toEqual([]);
});

test("a file that is there is not replaced, and what fails leaves none behind", async () => {
  const root = temporaryFolder();
  const path = await writeRun(root, "run");
  const file = join(root, "out.csv");
  expect((await mlog("export", path, "-o", file)).code).toBe(0);
  const before = readFileSync(file, "utf8");
  expect(await mlog("export", path, "-o", file)).toMatchObject({ code: 2 });
  expect((await mlog("export", path, "-o", file, "--force")).code).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(before);
  expect(await mlog("export", path, "-o", join(root, "none", "out.parquet"))).toMatchObject({ code: 1 });
  expect(await mlog("export", path, "-o", join(root, "out.xlsx"))).toMatchObject({ code: 2 });
  expect(readdirSync(root).sort()).toEqual(["out.csv", "run"]);
});
