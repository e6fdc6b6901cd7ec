import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { afterEach, beforeEach, expect, test } from "vitest";
import { csvDestination } from "../src/csv-destination.ts";
import { folderUploader } from "../src/folder-uploader.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlog-own-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a destination of one's own gets every metric, flushed and closed by the logger", async () => {
  const state = new State({ runName: "run" });
  const logger = new Logger(state, csvDestination(join(folder, "metrics.csv")));
  logger.logMetrics({ loss: 0.5, lr: 0.1 });
  state.nextBatch();
  logger.logMetrics({ loss: 0.25, lr: 0.1 });
  await logger.flush();
  const lines = 'step,metric,value\n0,"loss",0.5\n0,"lr",0.1\n1,"loss",0.25\n1,"lr",0.1\n';
  expect(await readFile(join(folder, "metrics.csv"), "utf8")).toBe(lines);
  expect(await logger.close()).toMatchObject([{ destination: "csv", delivered: 2, pending: 0, dropped: 0 }]);
});

test("its trouble is reported and disturbs nobody", async () => {
  const reported: string[] = [];
  let told!: () => void;
  const heard = new Promise<void>((resolve) => (told = resolve));
  const logger = new Logger(
    new State({ runName: "run" }),
    csvDestination(join(folder, "missing", "metrics.csv")),
    {
      onError: (error) => {
        reported.push((error as NodeJS.ErrnoException).code!);
        told();
      },
    },
  );
  logger.logMetrics({ loss: 1 });
  await heard;
  expect(reported).toContain("ENOENT");
});

test("the log of a run reaches a destination that takes files, each byte once", async () => {
  const state = new State({ runName: "run" });
  const file = new FileLogger({ root: join(folder, "runs"), captureStdout: false, captureStderr: false });
  const logger = new Logger(state, [file, folderUploader(join(folder, "uploaded"))]);
  logger.logMetrics({ loss: 0.5 });
  await logger.flush();
  logger.logMetrics({ loss: 0.25 });
  await logger.close();
  const remote = join(folder, "uploaded", "run=run", "rank=0");
  const parts = (await readdir(remote)).toSorted();
  expect(parts.length).toBeGreaterThanOrEqual(2);
  const shipped = await Promise.all(parts.map((part) => readFile(join(remote, part), "utf8")));
  expect(shipped.join("")).toBe(await readFile(join(folder, "runs", "run", "logs-rank0.jsonl"), "utf8"));
});

test("a file that is already there is an error without overwrite", async () => {
  const logger = new Logger(new State({ runName: "run" }), folderUploader(join(folder, "uploaded")));
  await logger.uploadFile("a/b.txt", import.meta.filename).uploaded;
  await expect(logger.uploadFile("a/b.txt", import.meta.filename).uploaded).rejects.toMatchObject({
    code: "EEXIST",
  });
  await logger.uploadFile("a/b.txt", import.meta.filename, { overwrite: true }).uploaded;
});
