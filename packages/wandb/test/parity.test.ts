import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { openRun, openServer } from "./open-run.ts";

/** Whether Python's client is here. It comes from a registry that this repository does not use by itself. */
function hasPythonClient(): boolean {
  return spawnSync("python3", ["-c", "import wandb"]).status === 0;
}

test("Python's `wandb sync` sends an offline run as uploadRun does", async ({ skip }) => {
  if (!hasPythonClient()) skip("python3 has no module wandb: `pip install wandb` in its environment");
  const server = await openServer();
  const { logger, wandb } = openRun(server, { mode: "offline" });
  logger.logHyperparameters({ lr: 0.1, nested: { a: [1, 2] } });
  logger.logMetrics({ loss: 1, nan: NaN }, { step: 0 });
  logger.logMetrics({ loss: 0.5 }, { step: 3 });
  logger.logTable(["a"], [[1], [2]], { name: "t", step: 3 });
  await logger.close();
  const sync = spawn("python3", ["-m", "wandb", "sync", wandb.path!], {
    env: { ...process.env, WANDB_BASE_URL: server.baseUrl, WANDB_API_KEY: server.apiKey },
    stdio: "ignore",
  });
  // Its exit code says nothing: what arrived does.
  await once(sync, "exit");
  const { rows, plainConfig, summary, exitCode } = server.run("run1");
  expect(rows).toEqual([
    expect.objectContaining({ _step: 0, loss: 1, nan: NaN }),
    expect.objectContaining({
      _step: 3,
      loss: 0.5,
      t: expect.objectContaining({ _type: "table-file" }) as object,
    }),
  ]);
  expect(plainConfig).toMatchObject({ lr: 0.1, nested: { a: [1, 2] } });
  expect(summary).toMatchObject({ loss: 0.5 });
  expect(exitCode).toBe(0);
});
