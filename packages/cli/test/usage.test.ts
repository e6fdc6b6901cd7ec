import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { asProcess, mlog, temporaryFolder, writeRun } from "./mlog.ts";

afterEach(() => vi.unstubAllEnvs());

test.each([
  [["--help"], 0, "Exit codes"],
  [["--version"], 0, "1.0.0"],
  [["shwo"], 2, "Did you mean show?"],
  [["show"], 2, "missing required argument"],
  [["ls", "--sort", "colour"], 2, "--sort must be one of"],
  [["tail", "run", "-n", "some"], 2, "whole number"],
  [["export", "run", "-f", "xlsx"], 2, "Allowed choices"],
  [["show", "nothing-here"], 3, "there is no run"],
  [["ls", "nothing-here"], 3, "there is no folder"],
  [["upload", "nothing-here"], 3, "there is no folder"],
])("mlog %j ends with %i and says what to do", async (args, code, text) => {
  const said = await mlog(...args);
  expect(said.code).toBe(code);
  expect(said.stdout + said.stderr).toContain(text);
});

test("a part of a name will do if no other run has it, and else gets a hint", async () => {
  const root = temporaryFolder();
  await writeRun(root, "1795-quiet-wren");
  expect((await mlog("show", "quiet-wren", "--root", root)).stdout).toContain("1795-quiet-wren");
  await writeRun(root, "1796-quiet-wren");
  const { code, stderr } = await mlog("show", "quiet-wren", "--root", root);
  expect(code).toBe(3);
  expect(stderr).toContain('did you mean "1795-quiet-wren" or "1796-quiet-wren"?');
});

test("with --json errors are JSON too, on stderr", async () => {
  const { stdout, stderr } = await mlog("show", "nothing-here", "--json");
  expect(stdout).toBe("");
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: "RUN_NOT_FOUND" } });
});

test("upload finds runs of W&B that were left behind, and nothing else", async () => {
  const root = temporaryFolder();
  await writeRun(root, "run");
  expect(await mlog("upload", root)).toMatchObject({ code: 0, stdout: "" });
  const folder = join(root, "wandb", "run-20261127_120000-abcdefgh");
  mkdirSync(folder, { recursive: true });
  expect(await mlog("upload", root)).toMatchObject({ code: 0, stdout: "" });
  // Of a process that was killed before its first record.
  writeFileSync(join(folder, "run-abcdefgh.capture.jsonl"), "");
  const { stdout } = await mlog("upload", "--dry-run", root);
  expect(stdout).toContain(`to upload: ${folder}`);
});

test("doctor tells where credentials are and never what they are", async () => {
  const secret = "very-secret-value";
  for (const name of ["WANDB_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    vi.stubEnv(name, secret);
  vi.stubEnv("AZURE_STORAGE_CONNECTION_STRING", `AccountName=a;AccountKey=${secret}`);
  vi.stubEnv("WANDB_BASE_URL", `http://user:${secret}@127.0.0.1:1`);
  vi.stubEnv("AWS_ENDPOINT_URL", `http://user:${secret}@127.0.0.1:1`);
  for (const args of [["--offline"], ["--offline", "--json"], []]) {
    const { stdout, stderr } = await mlog("doctor", ...args);
    expect(stdout).toContain("WANDB_API_KEY is set");
    expect(stdout + stderr).not.toContain(secret);
  }
});

test("doctor finds wrong ranks", async () => {
  vi.stubEnv("RANK", "5");
  const said = await mlog("doctor", "--offline");
  expect(said.code).toBe(1);
  expect(said.stdout).toMatch(/^BAD {2}ranks: /m);
});

test("completion knows commands and options, for every shell", async () => {
  const ask = (...args: string[]): string =>
    spawnSync(process.execPath, [...asProcess, ...args], { encoding: "utf8" }).stdout;
  expect(ask("complete", "--", "ex")).toContain("export\t");
  for (const shell of ["bash", "zsh"]) expect(ask("completion", shell)).toContain("mlog");
});
