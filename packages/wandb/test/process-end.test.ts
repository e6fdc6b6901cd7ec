import { spawn } from "node:child_process";
import { once } from "node:events";
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
