import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, it } from "vitest";
import { FakeUploader } from "./fake-uploader.ts";
import { openRun } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const documentation = readFileSync(new URL("../../../docs/file-format.md", import.meta.url), "utf8");

/** The SQL of the documentation: the table definition, then the queries that use it. */
const [definition, ...queries] = [...documentation.matchAll(/^```sql\n(.*?)^```$/gms)].map((match) => match[1]!);

let query: (sql: string) => Promise<Record<string, unknown>[]>;

beforeAll(async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  query = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
});

/** Creates the documented view over the logs of a folder. */
async function createView(pattern: string): Promise<void> {
  expect(definition).toContain("'runs/*/logs-rank*.jsonl'");
  await query(definition!.replace("'runs/*/logs-rank*.jsonl'", `'${pattern.replaceAll("'", "''")}'`));
}

describe("DuckDB with the documented table definition", { timeout: 30_000 }, () => {
  it("reads every record, and numbers that are none as such", async () => {
    const root = temporaryFolder();
    const { logger, state, path, text } = openRun(root);
    logger.logHyperparameters({ lr: 1e-5 });
    logger.logMetrics({ "loss/train": 0.1 + 0.2, nan: NaN, inf: Infinity, ninf: -Infinity });
    state.nextBatch({ samples: 32 });
    logger.logMetrics({ "loss/train": 1e-300, "per\"cent": 2 }, { step: 9 });
    logger.logTable(["a"], [[1], ["x"]], { name: "results" });
    await logger.close();
    // What a killed process leaves, and what a broken disk may.
    appendFileSync(path, 'garbage\n{"v":1,"type":"met');
    await createView(join(root, "*/logs-rank*.jsonl"));

    expect(await query("select type, seq from log order by seq")).toEqual(
      ["start", "hyperparameters", "metrics", "metrics", "table", "end"].map((type, seq) => ({ type, seq: String(seq) })),
    );
    expect(
      await query(
        `select step, metrics['loss/train'] as loss, isnan(metrics['nan']) as nan, isinf(metrics['inf']) and metrics['inf'] > 0 as inf,
         isinf(metrics['ninf']) and metrics['ninf'] < 0 as ninf from log where type = 'metrics' order by seq`,
      ),
    ).toEqual([
      { step: "0", loss: 0.1 + 0.2, nan: true, inf: true, ninf: true },
      { step: "9", loss: 1e-300, nan: null, inf: null, ninf: null },
    ]);
    expect(text()).toContain("NaN");
  });

  it("reads the segments of a log as the log", async () => {
    const root = temporaryFolder();
    const uploader = new FakeUploader();
    const { logger, path } = openRun(root, { others: [uploader] });
    for (let i = 0; i < 3; i++) {
      logger.logMetrics({ i });
      await logger.flush();
    }
    await logger.close();
    const segments = join(root, "segments");
    const { mkdirSync, writeFileSync } = await import("node:fs");
    for (const [name, bytes] of uploader.files) {
      mkdirSync(join(segments, name, ".."), { recursive: true });
      writeFileSync(join(segments, name), bytes);
    }
    const all = "select seq, type, metrics['i'] as i from log order by seq";
    await createView(path);
    const whole = await query(all);
    await createView(join(segments, "run=*/rank=*/part-*.jsonl"));
    expect(await query(all)).toEqual(whole);
    expect(whole).toHaveLength(5);
  });

  it("answers every documented query, the resume rule among them", async () => {
    const root = temporaryFolder();
    for (const loss of [1, 2]) {
      const { logger } = openRun(root, { resume: true });
      logger.logMetrics({ "loss/train": loss }, { step: 5 });
      logger.logMetrics({ "loss/train": loss }, { step: 5 + loss });
      await logger.close();
    }
    await createView(join(root, "*/logs-rank*.jsonl"));
    expect(queries.length).toBeGreaterThan(1);
    const answers: Record<string, unknown>[][] = [];
    for (const sql of queries) answers.push(await query(sql));
    for (const rows of answers) expect(rows.length).toBeGreaterThan(0);
    const series = answers.find((rows) => "session" in rows[0]!)!;
    expect(series.map(({ metric, step, value, session }) => [metric, step, value, session])).toEqual([
      ["loss/train", "5", 2, "1"],
      ["loss/train", "6", 1, "0"],
      ["loss/train", "7", 2, "1"],
    ]);
  });
});
