import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

test("the example runs without an account, and all of it arrives", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mlog-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const main = join(import.meta.dirname, "../src/main.ts");
  const env = { ...process.env };
  delete env["S3_URI"];
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--conditions=@mlog/source", main], { cwd: folder, env });
  expect(stdout.match(/1000000 bytes s3:\/\/demo\/mlog\/.+\/checkpoints\/ep\d-ba\d+\.bin/g)).toHaveLength(3);
  expect(stdout).toMatch(/s3: \d+ delivered, 0 pending/);
  expect(JSON.parse(await readFile(join(folder, "latest.json"), "utf8"))).toMatchObject({
    checkpoint: expect.stringMatching(/ep2-ba150\.bin$/) as string,
  });
});
