import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

test("the example runs without an account, and its log comes back", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mlog-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { AZURE_URI: _, ...env } = process.env;
  const main = join(import.meta.dirname, "../src/main.ts");
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--conditions=@mlog/source", main], { cwd: folder, env });
  expect(stdout).toMatch(/azure: \d+ delivered, 0 pending/);
  expect(stdout).toMatch(/100 records of metrics came back/);
});
