import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { uploadRun } from "../src/index.ts";
import { FAST, openServer } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const COUNT = 5000;

test.each([
  ["process.exit", 3, 1],
  ["uncaught error", 1, 1],
  ["natural end", 0, 1],
  ["close", 0, 0],
])("a process that ends by %s ends by itself, and no call is lost", async (way, code, exitCode) => {
  const server = await openServer();
  const dir = temporaryFolder();
  const { baseUrl, apiKey } = server;
  const options = { project: "proj", id: "run1", dir, baseUrl, apiKey, timing: FAST };
  const child = spawn(
    process.execPath,
    [
      "--conditions=@mlog/source",
      fileURLToPath(new URL("fixtures/log-and-end.ts", import.meta.url)),
      JSON.stringify([way, COUNT, options]),
    ],
    { stdio: ["ignore", "ignore", "pipe"], env: {} },
  );
  const [ended] = (await once(child, "exit")) as [number];
  expect(ended).toBe(code);
  const [run] = readdirSync(join(dir, "wandb"));
  const uploaded = await uploadRun(join(dir, "wandb", run!), { apiKey, timing: FAST });
  expect(uploaded).toMatchObject({ complete: true, alreadySent: way === "close" });
  server.assertNoViolations();
  const { rows, exitCode: told } = server.run("run1");
  expect(rows.filter((row) => "i" in row).map((row) => row["i"])).toEqual(
    Array.from({ length: COUNT }, (_, i) => i),
  );
  expect(rows.at(-1)).toMatchObject({ _step: COUNT, t: { _type: "table-file", nrows: 1 } });
  expect(told).toBe(exitCode);
});

test.each(["any", "file_stream"])(
  "close returns by its timeout if the server hangs (%s), says what waits where, and the process ends",
  async (call) => {
    const server = await openServer();
    server.faults.plan(call, { kind: "hang" }, Infinity);
    const dir = temporaryFolder();
    const { baseUrl, apiKey } = server;
    const child = spawn(
      process.execPath,
      [
        "--conditions=@mlog/source",
        fileURLToPath(new URL("fixtures/log-and-end.ts", import.meta.url)),
        JSON.stringify(["close in time", COUNT, { project: "proj", id: "run1", dir, baseUrl, apiKey }]),
      ],
      { stdio: ["ignore", "pipe", "pipe"], env: {} },
    );
    const said = text(child.stdout);
    const errors = text(child.stderr);
    let closedAt = 0;
    child.stdout.once("data", () => (closedAt = performance.now()));
    const [code] = (await once(child, "exit")) as [number];
    // Far less than any timer or retry of the client lasts.
    expect(performance.now() - closedAt).toBeLessThan(10_000);
    expect(code).toBe(0);
    const { took, delivery } = JSON.parse(await said) as { took: number; delivery: unknown };
    expect(took).toBeGreaterThan(1900);
    expect(took).toBeLessThan(10_000);
    const [run] = readdirSync(join(dir, "wandb"));
    const folder = join(dir, "wandb", run!);
    expect(delivery).toMatchObject({ delivered: 0, pending: COUNT + 1, dropped: 0, resumeFrom: folder });
    expect(await errors).toContain("WANDB_NOT_SENT");
    expect(await errors).toContain(folder);
    server.faults.clear();
    const uploaded = await uploadRun(folder, { apiKey, timing: FAST });
    expect(uploaded).toMatchObject({ complete: true, alreadySent: false });
    expect(server.run("run1").rows.filter((row) => "i" in row)).toHaveLength(COUNT);
  },
);
