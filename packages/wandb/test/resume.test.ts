import { expect, test } from "vitest";
import { openRun, openServer } from "./open-run.ts";

test("a resumed run goes on behind its last step, with its config and summary", async () => {
  const server = await openServer();
  const first = openRun(server, { tags: ["first"] });
  first.logger.logHyperparameters({ lr: 0.1, old: "kept" });
  first.logger.logMetrics({ loss: 3, only: 1 }, { step: 0 });
  first.logger.logMetrics({ loss: NaN }, { step: 4 });
  await first.logger.close();

  const second = openRun(server, { resume: "must" });
  // Calls before the server has answered wait, and are judged by what it says.
  second.logger.logHyperparameters({ lr: 0.2 });
  second.logger.logMetrics({ late: 1 }, { step: 4 });
  second.logger.logMetrics({ loss: 1 }, { step: 5 });
  await second.logger.close();
  server.assertNoViolations();
  const run = server.run("run1");
  expect(run.rows.map(({ _step, loss }) => [_step, loss])).toEqual([
    [0, 3],
    [4, NaN],
    [5, 1],
  ]);
  expect(run.summary).toMatchObject({ loss: 1, only: 1, _step: 5 });
  expect(run.plainConfig).toEqual({ lr: 0.2, old: "kept" });
  expect(run.tags).toEqual(["first"]);
  expect(second.errors.map(({ code }) => code)).toEqual(["STEPS_DROPPED"]);
});

test("resume 'must' needs the run, 'never' refuses it, 'allow' takes both", async () => {
  const server = await openServer();
  const missing = openRun(server, { resume: "must" });
  missing.logger.logMetrics({ loss: 1 });
  await expect(missing.wandb.started()).rejects.toMatchObject({ code: "WANDB_RESUME_FAILED" });
  const [delivery] = await missing.logger.close();
  expect(delivery).toMatchObject({ delivered: 0, pending: 1, resumeFrom: missing.wandb.path });

  const fresh = openRun(server, { resume: "allow" });
  fresh.logger.logMetrics({ loss: 1 }, { step: 0 });
  await fresh.logger.close();
  expect(fresh.errors).toEqual([]);

  const again = openRun(server, { resume: "never" });
  await expect(again.wandb.started()).rejects.toMatchObject({ code: "WANDB_RESUME_FAILED" });
  await again.logger.close();
  server.assertNoViolations();
  expect(server.run("run1").rows.length).toBe(1);
});
