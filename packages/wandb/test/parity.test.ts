import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { WandbServer } from "@mlog/test-servers/wandb";
import { beforeEach, expect, test, type TestContext } from "vitest";
import { uploadRun } from "../src/index.ts";
import { FAST, openServer } from "./open-run.ts";
import { compare } from "./parity/compare.ts";
import { ONLINE, SYNCED, UPLOADED, withoutStep } from "./parity/differences.ts";
import { missingClient, readArtifacts, runShared, sync } from "./parity/python-client.ts";
import { serverState } from "./parity/server-state.ts";
import { logFirst, logSecond, MODEL, ramp } from "./parity/shared-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Where a model is to be uploaded, and Python's client keeps what it keeps. */
let folder: string;
const missing = missingClient();

beforeEach(({ skip }: TestContext) => {
  if (missing !== undefined) skip(missing);
  folder = temporaryFolder();
  writeFileSync(join(folder, "ep0.pt"), MODEL);
});

const NONE = { unlisted: [], gone: [] };

test("Python's client keeps the rules of the server, and leaves what WandBLogger leaves", async () => {
  const [python, own] = [await openServer(), await openServer()];
  for (const part of ["first", "second"] as const)
    await runShared(part, join(folder, "ep0.pt"), python, folder);
  await logFirst(own, folder);
  await logSecond(own);
  python.assertNoViolations();
  own.assertNoViolations();
  expect(compare(serverState(python), serverState(own), ONLINE, withoutStep)).toEqual(NONE);
});

test("Python's client keeps the rules of the server when requests fail, too", async () => {
  const python = await openServer();
  const graphql = ["UpsertBucket", "CreateRunFiles", "CreateArtifact", "CommitArtifact"];
  for (const call of ["file_stream", "PUT", ...graphql]) {
    python.faults.plan(call, { kind: "status", status: 500, after: true });
  }
  for (const call of ["file_stream", "PUT"]) {
    python.faults.plan(call, { kind: "status", status: 429, retryAfter: 1 });
    python.faults.plan(call, { kind: "reset", after: true });
  }
  await runShared("first", join(folder, "ep0.pt"), python, folder);
  python.assertNoViolations();
  expect(python.run("shared")).toMatchObject({ complete: true, exitCode: 0 });
});

test("either client resumes a run of the other", async () => {
  const [python, own] = [await openServer(), await openServer()];
  await runShared("first", join(folder, "ep0.pt"), own, folder);
  await logSecond(own);
  await logFirst(python, folder);
  await runShared("second", join(folder, "ep0.pt"), python, folder);
  python.assertNoViolations();
  own.assertNoViolations();
  expect(compare(serverState(python), serverState(own), ONLINE, withoutStep).unlisted).toEqual([]);
});

test("Python's client gets the artifacts of WandBLogger", async () => {
  const server = await openServer();
  await logFirst(server, folder);
  expect(await readArtifacts(server, folder)).toEqual({
    type: "model",
    version: "v0",
    batch: 0,
    columns: ["text", "number", "list", "flag", "nothing"],
    data: [
      ["x", 1.5, [1, 2], true, null],
      ["ä", null, [3], false, null],
      [null, Infinity, [], null, null],
    ],
    pixels: ramp(7),
    masks: ["truth"],
  });
  expect(readFileSync(join(folder, "model/ep0.pt"), "utf8")).toBe(MODEL);
  server.assertNoViolations();
});

test("Python's wandb sync sends an offline run as uploadRun does", async () => {
  const [synced, uploaded] = [await openServer(), await openServer()];
  const path = await logFirst(synced, folder, { mode: "offline" });
  await sendBothWays(path, synced, uploaded);
  synced.assertNoViolations();
  uploaded.assertNoViolations();
  expect(synced.run("shared")).toMatchObject({ complete: true, exitCode: 0 });
  expect(compare(serverState(synced), serverState(uploaded), SYNCED)).toEqual(NONE);
});

test.each([0.5, 0.7, 0.9])(
  "Python's wandb sync sends what is left of a file that was cut at %f",
  async (share) => {
    const [synced, uploaded] = [await openServer(), await openServer()];
    const path = await logFirst(synced, folder, { mode: "offline" });
    const file = join(path, "run-shared.wandb");
    truncateSync(file, Math.floor(statSync(file).size * share));
    await sendBothWays(path, synced, uploaded);
    const { rows, exitCode } = synced.run("shared");
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toEqual(uploaded.run("shared").rows);
    expect([exitCode, uploaded.run("shared").exitCode]).toEqual([1, 1]);
    synced.assertNoViolations();
  },
);

test("uploadRun sends an offline run of Python's client as its wandb sync does", async () => {
  const [synced, uploaded] = [await openServer(), await openServer()];
  await runShared("first", join(folder, "ep0.pt"), synced, folder, { WANDB_MODE: "offline" });
  const runs = join(folder, "wandb");
  const path = join(
    runs,
    readdirSync(runs).find((name) => name.startsWith("offline-run"))!,
  );
  await sendBothWays(path, synced, uploaded);
  synced.assertNoViolations();
  uploaded.assertNoViolations();
  expect(compare(serverState(synced), serverState(uploaded), UPLOADED)).toEqual(NONE);
});

/** Sends the run in a folder with `wandb sync` to one server, and with `uploadRun` to the other. */
async function sendBothWays(path: string, synced: WandbServer, uploaded: WandbServer): Promise<void> {
  const copy = join(folder, "copy");
  cpSync(path, copy, { recursive: true });
  await sync(path, synced, folder);
  const { baseUrl, apiKey } = uploaded;
  // What is missing of a file that was cut off is told.
  await uploadRun(copy, { baseUrl, apiKey, timing: FAST, onError: () => undefined });
}
