import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { expect, onTestFinished, test } from "vitest";
import { S3Logger } from "../src/index.ts";
import { inProcess } from "./servers.ts";

const BUCKET = "s3://my-bucket/mlog";

async function documentedSql(): Promise<string[]> {
  const page = await readFile(new URL("../../../docs/bucket-queries.md", import.meta.url), "utf8");
  return [...page.matchAll(/^```sql\n(.*?)^```$/gms)].map((match) => match[1]!);
}

test("logs of runs are in the bucket, each byte once, and DuckDB answers the documented queries over them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mlog-bucket-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const server = await inProcess();
  onTestFinished(() => server.close());
  const makeStore = (): S3Logger =>
    new S3Logger("s3://mlog/logs", { ...server.options, stagingFolder: join(folder, "staging") });

  const logs = new Map<string, string>();
  for (const [runName, learningRate] of [
    ["first", 0.1],
    ["second", 0.01],
  ] as const) {
    const state = new State({ runName });
    const file = new FileLogger({ root: join(folder, "runs"), captureStdout: false, captureStderr: false });
    const logger = new Logger(state, [file, makeStore()]);
    logger.logHyperparameters({ learningRate });
    for (let batch = 0; batch < 10; batch++) {
      logger.logMetrics({ "loss/train": learningRate * (10 - batch) });
      state.nextBatch();
      if (batch === 4) await logger.flush();
    }
    await logger.close();
    logs.set(runName, await readFile(file.path!, "utf8"));
  }

  const reader = new Logger(new State(), makeStore());
  onTestFinished(async () => void (await reader.close()));
  for (const [runName, log] of logs) {
    const parts: string[] = [];
    for await (const { name } of reader.listFiles(`run=${runName}/rank=0/`)) {
      const path = join(folder, "bucket", name);
      await reader.downloadFile(name, path);
      parts.push(await readFile(path, "utf8"));
    }
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.join("")).toBe(log);
  }

  const connection = await (await DuckDBInstance.create()).connect();
  const [definition = "", ...queries] = await documentedSql();
  expect(definition).toContain(BUCKET);
  await connection.run(definition.replace(BUCKET, join(folder, "bucket")));
  const answers = [];
  for (const sql of queries) answers.push((await connection.runAndReadAll(sql)).getRowObjectsJson());
  expect(answers).toEqual([
    [
      { run: "first", best: 0.1 },
      { run: "second", best: 0.01 },
    ],
    [
      { run: "second", learning_rate: "0.01", last_loss: 0.01 },
      { run: "first", learning_rate: "0.1", last_loss: 0.1 },
    ],
  ]);
});
