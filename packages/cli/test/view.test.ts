import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { asProcess, temporaryFolder, writeRun } from "./mlog.ts";

test("view serves a page until it is interrupted", async () => {
  const root = temporaryFolder();
  await writeRun(root, "run");
  const viewing = spawn(process.execPath, [...asProcess, "view", root], {
    env: { ...process.env, XDG_CACHE_HOME: root },
  });
  onTestFinished(() => void viewing.kill("SIGKILL"));
  const lines = createInterface({ input: viewing.stdout })[Symbol.asyncIterator]();
  const { value: url } = (await lines.next()) as { value: string };
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#/);
  const page = await fetch(new URL(url).origin);
  expect(page.status).toBe(200);
  const ended = new Promise((resolve) => viewing.on("exit", resolve));
  viewing.kill("SIGINT");
  expect(await ended).toBe(0);
});
