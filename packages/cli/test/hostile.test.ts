import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mlog, openRun, temporaryFolder, writeRun } from "./mlog.ts";

// oxlint-disable-next-line eslint/no-control-regex -- these must not be there
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/;
const EVIL = "\u001b]0;pwned\u0007\u001b[2J\u009b1m\u202e\r\n\u2028";

test("nothing that a log holds reaches the terminal raw, from any command", async () => {
  const root = temporaryFolder();
  const { state, logger } = openRun(root, "run");
  logger.logHyperparameters({ [EVIL]: EVIL, deep: { [EVIL]: [EVIL] } });
  logger.logMetrics({ [EVIL]: 1 });
  logger.logTraces({ [EVIL]: EVIL });
  logger.logTable([EVIL], [[EVIL]], { name: EVIL });
  logger.logHistogram(EVIL, Float32Array.of(1));
  state.nextBatch();
  await logger.close({ error: new Error(EVIL) });
  const path = join(root, "run");
  for (const command of [
    ["ls", root],
    ["ls", root, "--json"],
    ["show", path],
    ["show", path, "--json"],
    ["tail", path, "-n", "100"],
    ["tail", path, "-n", "100", "--json"],
    ["diff", path, path, "--all"],
    ["diff", path, path, "--all", "--json"],
    ["verify", path],
    ["export", path, "-f", "json", "-o", "-"],
    ["show", EVIL],
    ["replay", path, "--to", EVIL],
  ]) {
    const { stdout, stderr } = await mlog(...command);
    expect(stdout + stderr).not.toMatch(OBEYED);
    expect((stdout + stderr).length).toBeGreaterThan(0);
  }
});

test("names like __proto__ are names like others", async () => {
  const root = temporaryFolder();
  const { logger } = openRun(root, "run");
  const names = ["__proto__", "constructor", "toString"];
  logger.logMetrics(Object.fromEntries(names.map((name) => [name, 1])));
  await logger.close();
  const shown = await mlog("show", join(root, "run"));
  for (const name of names) expect(shown.stdout).toMatch(new RegExp(`^${name} +1 +1 +1`, "m"));
  const csv = await mlog("export", join(root, "run"), "-s", "wide", "-o", "-");
  expect(csv.stdout).toContain("token,__proto__,constructor,toString\r\n");
  expect(csv.stdout).toContain(",1,1,1\r\n");
});

test("links that lead out of a run are not followed", async () => {
  const root = temporaryFolder();
  const secret = join(root, "secret.jsonl");
  writeFileSync(secret, '{"password":"hunter2"}\n');
  for (const inner of ["logs-rank0.jsonl", "rank=0/part-0000000000000000.jsonl", "media/picture.png"]) {
    const run = join(root, `evil-${inner.length}`);
    mkdirSync(join(run, inner, ".."), { recursive: true });
    symlinkSync(secret, join(run, inner));
    for (const command of ["show", "verify", "tail", "export"]) {
      const said = await mlog(command, run);
      expect(said).toMatchObject({
        code: 1,
        stdout: "",
        stderr: expect.stringContaining("leads out of the folder of the run") as string,
      });
      expect(said.stderr).not.toContain("hunter2");
    }
  }
  await writeRun(root, "good");
  symlinkSync("/", join(root, "loop"));
  expect((await mlog("ls", root, "--json")).json<{ name: string }[]>().map(({ name }) => name)).toEqual([
    "good",
  ]);
});

test("a line that is too long, and a file of noise, are said to be damaged and do no harm", async () => {
  const root = temporaryFolder();
  const path = await writeRun(root, "run");
  writeFileSync(join(path, "logs-rank1.jsonl"), `${"x".repeat(70 * 2 ** 20)}\n\u0000\u0001\n`);
  const { code, stdout } = await mlog("verify", path);
  expect(code).toBe(1);
  expect(stdout).toContain("longer than 67108864 bytes");
  expect((await mlog("ls", root)).code).toBe(0);
  expect((await mlog("tail", path)).code).toBe(0);
});
