import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { Logger, State } from "@mlog/core";
import { FileLogger, readRun } from "@mlog/file";
import { expect, test } from "vitest";
import { FolderObjectStore, folderStore, ObjectStoreLogger } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("the log of a run arrives in segments, each byte once, and DuckDB reads them where they are", async () => {
  const folder = temporaryFolder();
  const objects = join(folder, "objects");
  const file = new FileLogger({ root: join(folder, "runs"), captureStdout: false, captureStderr: false });
  const store = new ObjectStoreLogger({
    store: folderStore(objects),
    stagingFolder: join(folder, "staging"),
  });
  const state = new State({ runName: "run" });
  const logger = new Logger(state, [file, store]);
  for (let batch = 0; batch < 300; batch++) {
    logger.logMetrics({ loss: 1 / (1 + batch) });
    if (batch % 100 === 99) await logger.flush();
    state.nextBatch({ samples: 8 });
  }
  await logger.close();
  const segments = join(objects, "run=run/rank=0");
  const records = await Array.fromAsync(readRun(segments));
  expect(records.filter(({ type }) => type === "metrics")).toHaveLength(300);
  const listed = await Array.fromAsync(new FolderObjectStore({ folder: objects }).list(""));
  const names = listed.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(2);
  const bytes = Buffer.concat(names.map((name) => readFileSync(join(objects, name))));
  expect(bytes.equals(readFileSync(file.path!))).toBe(true);
  const connection = await (await DuckDBInstance.create()).connect();
  const reader = await connection.runAndReadAll(
    `select count(*) as steps, min(metrics['loss']) as loss
     from read_json('${objects}/run=*/rank=*/part-*.jsonl', format = 'newline_delimited', hive_partitioning = true,
                    columns = {type: 'VARCHAR', seq: 'BIGINT', metrics: 'MAP(VARCHAR, DOUBLE)'})
     where type = 'metrics'`,
  );
  expect(reader.getRowObjectsJson()).toEqual([{ steps: "300", loss: 1 / 300 }]);
});
