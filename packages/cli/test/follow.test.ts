import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { asProcess, openRun, temporaryFolder } from "./mlog.ts";

test("tail -f shows records as they are written, each once, and ends with the run", async () => {
  const root = temporaryFolder();
  const { state, logger } = openRun(root, "run");
  logger.logMetrics({ loss: 0 });
  await logger.flush();
  const following = spawn(process.execPath, [
    ...asProcess,
    "tail",
    "-f",
    "run",
    "--root",
    root,
    "-m",
    "loss",
  ]);
  const lines = createInterface({ input: following.stdout })[Symbol.asyncIterator]();
  const exited = new Promise((resolve) => following.on("exit", resolve));
  for (let step = 0; step < 5; step++) {
    const { value } = (await lines.next()) as { value: string };
    expect(value).toMatch(new RegExp(`rank 0 step ${step} loss=${step}$`));
    state.nextBatch();
    logger.logMetrics({ loss: step + 1 });
    await logger.flush();
  }
  await logger.close();
  expect(((await lines.next()) as { value: string }).value).toMatch(/loss=5$/);
  expect(await lines.next()).toMatchObject({ done: true });
  expect(await exited).toBe(0);
});

test("a reader that goes away is no error", async () => {
  const root = temporaryFolder();
  const { logger } = openRun(root, "run");
  for (let step = 0; step < 20_000; step++) logger.logMetrics({ loss: step }, { step });
  await logger.close();
  const tailing = spawn(process.execPath, [...asProcess, "tail", "run", "--root", root, "-n", "20000"]);
  tailing.stdout.once("data", () => tailing.stdout.destroy());
  expect(await new Promise((resolve) => tailing.on("exit", resolve))).toBe(0);
});
