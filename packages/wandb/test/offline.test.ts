import { existsSync, readdirSync, renameSync, truncateSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { uploadRun } from "../src/index.ts";
import { RecordSource } from "../src/sender/record-source.ts";
import type { WandbRecord } from "../src/wandb-file/messages.ts";
import { generatedRuns, logBothWays } from "./generated-run.ts";
import { FAST, openRun, openServer } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("an online run, and an offline one that is uploaded, leave the same on the server", async () => {
  await fc.assert(
    fc.asyncProperty(generatedRuns, async (run) => {
      const { online, uploaded } = await logBothWays(run, temporaryFolder());
      expect(uploaded).toEqual(online);
    }),
    // Many more are proven by `pnpm soak --only wandb-runs`.
    { numRuns: 3, endOnFailure: true },
  );
});

test("an offline run needs no server and no key, and its file says everything", async () => {
  const { logger, wandb, errors } = openRun(
    { baseUrl: "http://127.0.0.1:9", apiKey: "unused" },
    { mode: "offline" },
  );
  logger.logHyperparameters({ lr: 0.5 });
  logger.logMetrics({ loss: 1 }, { step: 2 });
  logger.logMetrics({ loss: NaN }, { step: 5 });
  const [delivery] = await logger.close({ error: new Error("out of memory") });
  expect(errors).toEqual([]);
  expect(delivery).toEqual({
    destination: "wandb",
    delivered: 3,
    pending: 0,
    dropped: 0,
    resumeFrom: wandb.path,
  });
  expect(wandb.path).toMatch(/wandb\/offline-run-\d{8}_\d{6}-run1$/);
  expect(await wandb.started()).toBeUndefined();
  const records = recordsOf(wandb.path!);
  expect(records.map((record) => Object.keys(record).find((name) => name !== "num"))).toEqual(
    "header run files config history summary history summary files exit final footer".split(" "),
  );
  expect(records.map((record) => record.num)).toEqual(records.map((_, i) => i + 1));
  expect(records[1]!.run).toMatchObject({ run_id: "run1", project: "proj", display_name: "a run" });
  expect(records[6]!.history).toMatchObject({
    item: [{ key: "loss", value_json: "NaN" }, { key: "_step", value_json: "5" }, {}, {}],
    step: { num: 5 },
  });
  expect(records[9]!.exit).toMatchObject({ exit_code: 1 });
  expect(readdirSync(join(wandb.path!, "files")).sort()).toEqual([
    "config.yaml",
    "wandb-metadata.json",
    "wandb-summary.json",
  ]);
});

test("a folder that was moved is uploaded all the same", async () => {
  const server = await openServer();
  const { logger, wandb } = openRun(server, { mode: "offline" });
  logger.logTable(["a"], [[1]], { name: "t", step: 0 });
  await logger.close();
  const moved = join(temporaryFolder(), "elsewhere");
  renameSync(wandb.path!, moved);
  expect(await uploadRun(moved, { apiKey: server.apiKey, timing: FAST })).toMatchObject({ complete: true });
  server.assertNoViolations();
});

test("a file that was cut off is uploaded as far as it goes, as a failed run", async () => {
  const server = await openServer();
  const { logger, wandb } = openRun(server, { mode: "offline" });
  for (let step = 0; step < 100; step++) logger.logMetrics({ step }, { step });
  await logger.close();
  const path = join(wandb.path!, "run-run1.wandb");
  truncateSync(path, Math.floor(statSync(path).size / 2));
  await uploadRun(wandb.path!, { apiKey: server.apiKey, timing: FAST });
  const { rows, exitCode } = server.run("run1");
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.map((row) => row["step"])).toEqual(rows.map((_, i) => i));
  expect(exitCode).toBe(1);
});

test("a folder without a run is refused, and so is one whose run is still logged", async () => {
  const empty = temporaryFolder();
  await expect(uploadRun(empty)).rejects.toMatchObject({ code: "WANDB_FOLDER_INVALID" });
  const server = await openServer();
  const { logger, wandb } = openRun(server);
  logger.logMetrics({ loss: 1 });
  await logger.flush();
  await expect(uploadRun(wandb.path!, { apiKey: server.apiKey })).rejects.toMatchObject({
    code: "WANDB_RUN_ACTIVE",
  });
  await logger.close();
  expect(existsSync(join(wandb.path!, "run-run1.wandb.synced"))).toBe(true);
});

function recordsOf(folder: string): WandbRecord[] {
  const source = new RecordSource(join(folder, "run-run1.wandb"));
  const records: WandbRecord[] = [];
  for (let record = source.next(); record !== undefined; record = source.next()) records.push(record);
  source.close();
  return records;
}
