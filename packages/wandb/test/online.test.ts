import { existsSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { openRun, openServer } from "./open-run.ts";

test("a run arrives: history by W&B's steps, summary, config, exit code, files", async () => {
  const server = await openServer();
  const { logger, wandb, errors } = openRun(server, {
    tags: ["a", "b"],
    group: "g",
    notes: "n",
    jobType: "train",
  });
  logger.logHyperparameters({ lr: 0.1, nested: { a: 1, deep: [1, 2] } });
  logger.logMetrics({ loss: 1, acc: 0 }, { step: 0 });
  logger.logMetrics({ loss: NaN, inf: -Infinity }, { step: 3 });
  logger.logMetrics({ loss: 0.5, "val/acc": 0.25 }, { step: 3 });
  logger.logMetrics({ loss: 0.25 }, { step: 7 });
  const run = await wandb.started();
  expect(run).toMatchObject({ id: "run1", entity: "me", project: "proj", name: "a run" });
  const [delivery] = await logger.close();
  expect(errors).toEqual([]);
  server.assertNoViolations();
  const arrived = server.run("run1");
  expect(arrived.rows).toEqual([
    expect.objectContaining({ _step: 0, loss: 1, acc: 0 }),
    expect.objectContaining({ _step: 3, loss: 0.5, inf: -Infinity, "val/acc": 0.25 }),
    expect.objectContaining({ _step: 7, loss: 0.25 }),
  ]);
  expect(arrived.summary).toMatchObject({ loss: 0.25, acc: 0, inf: -Infinity, "val/acc": 0.25, _step: 7 });
  expect(arrived.plainConfig).toMatchObject({ lr: 0.1, nested: { a: 1, deep: [1, 2] } });
  expect(arrived).toMatchObject({ exitCode: 0, complete: true, tags: ["a", "b"], group: "g" });
  expect([...arrived.files.keys()].sort()).toEqual([
    "config.yaml",
    "wandb-metadata.json",
    "wandb-summary.json",
  ]);
  expect(delivery).toEqual({ destination: "wandb", delivered: 5, pending: 0, dropped: 0 });
  expect(existsSync(`${wandb.path}/run-run1.wandb.synced`)).toBe(true);
  expect(readdirSync(wandb.path!).filter((name) => name.endsWith(".jsonl"))).toEqual([]);
});
