import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, it } from "vitest";
import { FakeUploader } from "./fake-uploader.ts";
import { openRun } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The SQL of a page. */
function documentedSql(page: string): string[] {
  const text = readFileSync(new URL(page, import.meta.url), "utf8");
  return [...text.matchAll(/^```sql\n(.*?)^```$/gms)].map((match) => match[1]!);
}

/** The table definition, then the queries that use it. */
const [definition, ...queries] = documentedSql("../../../docs/file-format.md");

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

describe("DuckDB with the documented table definition", () => {
  it("reads every record, and numbers that are none as such", async () => {
    const root = temporaryFolder();
    const { logger, state, path, text } = openRun(root);
    logger.logHyperparameters({ lr: 1e-5 });
    logger.logMetrics({ "loss/train": 0.1 + 0.2, nan: NaN, inf: Infinity, ninf: -Infinity });
    state.nextBatch({ samples: 32 });
    logger.logMetrics({ "loss/train": 1e-300, 'per"cent': 2 }, { step: 9 });
    logger.logTable(["a"], [[1], ["x"]], { name: "results" });
    await logger.close();
    // What a killed process leaves, and what a broken disk may.
    appendFileSync(path, 'garbage\n{"v":1,"type":"met');
    await createView(join(root, "*/logs-rank*.jsonl"));

    expect(await query("select type, seq from records order by seq")).toEqual(
      ["start", "hyperparameters", "metrics", "metrics", "table", "end"].map((type, seq) => ({
        type,
        seq: String(seq),
      })),
    );
    expect(
      await query(
        `select step, metrics['loss/train'] as loss, isnan(metrics['nan']) as nan, isinf(metrics['inf']) and metrics['inf'] > 0 as inf,
         isinf(metrics['ninf']) and metrics['ninf'] < 0 as ninf from records where type = 'metrics' order by seq`,
      ),
    ).toEqual([
      { step: "0", loss: 0.1 + 0.2, nan: true, inf: true, ninf: true },
      { step: "9", loss: 1e-300, nan: null, inf: null, ninf: null },
    ]);
    expect(text()).toContain("NaN");
  });

  it("reads a curve as the README says", async () => {
    const root = temporaryFolder();
    const { logger } = openRun(root);
    logger.logMetrics({ "loss/train": 0.5 });
    await logger.close();
    const [sql, ...others] = documentedSql("../README.md");
    expect(others).toEqual([]);
    const answer = await query(sql!.replace("'runs/", `'${root}/`));
    expect(answer).toEqual([{ step: "0", loss: 0.5 }]);
  });

  it.each(["the logs", "their segments"])(
    "answers every documented query over %s, the resume rule among them",
    async (where) => {
      const root = temporaryFolder();
      const uploader = new FakeUploader();
      for (const loss of [1, 2]) {
        const { logger } = openRun(root, { resume: true, others: [uploader] });
        logger.logMetrics({ "loss/train": loss }, { step: 5 });
        await logger.flush();
        logger.logMetrics({ "loss/train": loss }, { step: 5 + loss });
        await logger.close();
      }
      const bucket = join(root, "bucket");
      for (const [name, bytes] of uploader.files) {
        mkdirSync(dirname(join(bucket, name)), { recursive: true });
        writeFileSync(join(bucket, name), bytes);
      }
      expect(uploader.files.size).toBeGreaterThan(2);
      await createView(
        where === "the logs" ? join(root, "run/logs-rank*.jsonl") : join(bucket, "run=*/rank=*/part-*.jsonl"),
      );
      const [curve, series, ...others] = await Promise.all(queries.map(query));
      expect(others).toEqual([]);
      expect(curve!.map(({ step, loss }) => [step, loss])).toEqual([
        ["5", 1],
        ["6", 1],
        ["5", 2],
        ["7", 2],
      ]);
      expect(series!.map(({ metric, step, value, session }) => [metric, step, value, session])).toEqual([
        ["loss/train", "5", 2, "1"],
        ["loss/train", "6", 1, "0"],
        ["loss/train", "7", 2, "1"],
      ]);
      expect(await query("select seq, type from records order by seq")).toHaveLength(8);
    },
  );
});
