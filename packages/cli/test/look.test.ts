import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mlog, openRun, temporaryFolder, writeRun } from "./mlog.ts";

test("ls lists runs with how they ended, from the ends of their logs alone", async () => {
  const root = temporaryFolder();
  await writeRun(root, "done");
  const failed = openRun(root, "failed");
  await failed.logger.close({ error: new RangeError("too high") });
  const going = openRun(join(root, "group"), "going");
  going.logger.logMetrics({ loss: 0.5 });
  await going.logger.flush();

  const { code, stdout } = await mlog("ls", root, "--metric", "loss", "--sort", "name");
  expect(code).toBe(0);
  const lines = stdout.trim().split("\n");
  expect(lines[0]).toMatch(/^RUN +STATUS +STARTED +DURATION +EPOCH +STEP +RANKS +SIZE +loss$/);
  expect(lines[1]).toMatch(/^done +finished .* 2\/2 +6 +1 .* 0.16667$/);
  expect(lines[2]).toMatch(/^failed +failed /);
  expect(lines[3]).toMatch(/^going +running .* 0\.5$/);
  await going.logger.close();

  const runs = (await mlog("ls", root, "--json")).json<{ name: string; status: string }[]>();
  expect(runs.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
    "done finished",
    "failed failed",
    "going finished",
  ]);
});

test("show says what a run holds, by its name or path", async () => {
  const root = temporaryFolder();
  const path = await writeRun(root, "run");
  const { code, stdout } = await mlog("show", "run", "--root", root);
  expect(code).toBe(0);
  expect(stdout).toMatch(/ended {6}well/);
  expect(stdout).toMatch(/learningRate +0.01/);
  expect(stdout).toMatch(/loss +6 +1 +0.16667 +5 +0.16667 +1 +0.45 +1\n/);
  expect(stdout).toMatch(/results +table +2 +6 +1\n/);
  const shown = (await mlog("show", path, "--json")).json<{ metrics: Record<string, unknown> }>();
  expect(shown.metrics["loss"]).toMatchObject({ count: 6, nan: 1, min: 1 / 6, max: 1, last: 1 / 6 });
});

test("diff shows the hyperparameters that differ and how metrics ended", async () => {
  const root = temporaryFolder();
  await writeRun(root, "a", 0.01);
  await writeRun(root, "b", 0.1);
  const { stdout } = await mlog("diff", "a", "b", "--root", root);
  expect(stdout).toMatch(/learningRate +0.01 +0.1\n/);
  expect(stdout).not.toMatch(/layers/);
  expect(stdout).toMatch(/rate\/learning +0.01 +0.1 +0.09 /);
  const all = await mlog("diff", "a", "b", "--root", root, "--all", "--json");
  expect(all.json<{ hyperparameters: { name: string }[] }>().hyperparameters.map(({ name }) => name)).toEqual(
    ["learningRate", "model"],
  );
});

test("tail shows the last records, of the types and metrics that are asked for", async () => {
  const path = await writeRun(temporaryFolder(), "run");
  const last = await mlog("tail", path, "-n", "2");
  expect(last.stdout).toMatch(/step 6 event epochEnd\n.* step 6 end\n$/);
  const chosen = await mlog("tail", path, "-n", "100", "--metric", "loss", "--json");
  const records = chosen.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { metrics: unknown });
  expect(records).toHaveLength(6);
  expect(records[4]!.metrics).toEqual({ loss: "NaN" });
  expect((await mlog("tail", path, "-n", "100", "--type", "table")).stdout.split("\n")).toHaveLength(3);
});

test("a torn last line is left out everywhere, and verify says that it is there", async () => {
  const path = await writeRun(temporaryFolder(), "run");
  appendFileSync(join(path, "logs-rank0.jsonl"), '{"v":1,"type":"metr');
  expect((await mlog("tail", path, "-n", "1")).stdout).toMatch(/ end\n$/);
  expect((await mlog("ls", path)).stdout).toContain("finished");
  const verified = await mlog("verify", path);
  expect(verified).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("ends within a line") as string,
  });
});
