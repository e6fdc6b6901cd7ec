import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Logger, State } from "@mlog/core";
import { expect, onTestFinished, test } from "vitest";
import { TensorboardLogger } from "../src/index.ts";

/** A Python that has TensorBoard, which comes from a registry that this repository does not use by itself. */
const python = process.env["TENSORBOARD_PYTHON"] ?? "python3";

test("TensorBoard itself shows what was logged", async ({ skip }) => {
  if (spawnSync(python, ["-c", "import tensorboard"]).status !== 0)
    skip(`${python} has no module tensorboard: name one that has with TENSORBOARD_PYTHON`);
  const logDir = mkdtempSync(join(tmpdir(), "mlog-tensorboard-"));
  onTestFinished(() => rmSync(logDir, { recursive: true, force: true }));
  const state = new State({ runName: "run", now: () => 5000 });
  const logger = new Logger(state, new TensorboardLogger({ logDir }));
  logger.logHyperparameters({ lr: 0.5 });
  for (let step = 0; step < 3; step++) {
    logger.logMetrics({ "loss/train": 1 / 2 ** step, broken: NaN }, { step });
  }
  logger.logTable(["x", "y"], [[1, "two"]], { name: "results", step: 1 });
  logger.logHistogram("weights", [0, 1, 1, 2], { step: 1, bins: 2 });
  logger.logImages(
    { data: new Uint8Array(3 * 4 * 5), shape: [3, 4, 5] },
    { name: "scene", step: 1, masks: { truth: { data: new Uint8Array(20).fill(1), shape: [4, 5] } } },
  );
  await logger.close();

  const address = await serve(logDir);
  const get = (path: string): Promise<Response> => fetch(`${address}data/plugin/${path}`);
  const ask = async (path: string): Promise<unknown> => (await get(path)).json();
  expect(await ask("scalars/tags")).toMatchObject({ run: { "loss/train": {}, broken: {} } });
  expect(await ask("scalars/scalars?run=run&tag=loss/train")).toEqual([
    [5, 0, 1],
    [5, 1, 0.5],
    [5, 2, 0.25],
  ]);
  const broken = (await ask("scalars/scalars?run=run&tag=broken")) as [number, number, unknown][];
  expect(broken.map(([, , value]) => value)).toEqual(["NaN", "NaN", "NaN"]);
  const [hyperparameters] = (await ask("text/text?run=run&tag=hyperparameters")) as [{ text: string }];
  expect(hyperparameters.text).toContain("<td>0.5</td>");
  const [table] = (await ask("text/text?run=run&tag=results")) as [{ text: string; step: number }];
  expect(table).toMatchObject({ step: 1, text: expect.stringContaining("<td>two</td>") as string });
  expect(await ask("histograms/histograms?run=run&tag=weights")).toEqual([
    [
      5,
      1,
      [
        [0, 1, 1],
        [1, 2, 3],
      ],
    ],
  ]);
  for (const tag of ["scene", "scene/truth"]) {
    const [image] = (await ask(`images/images?run=run&tag=${tag}&sample=0`)) as [
      { step: number; query: string },
    ];
    expect(image.step).toBe(1);
    const png = Buffer.from(await (await get(`images/individualImage?${image.query}`)).arrayBuffer());
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([5, 4]);
  }
});

/** Starts TensorBoard. @returns where it serves, once it has read the folder */
async function serve(logDir: string): Promise<string> {
  const flags = ["--logdir", logDir, "--port", "0", "--host", "127.0.0.1"];
  const server = spawn(python, ["-m", "tensorboard.main", ...flags], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => stop(server));
  for await (const line of createInterface(server.stderr)) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(line) ?? [];
    if (address === undefined) continue;
    server.stderr.resume();
    for (;;) {
      const runs: unknown = await (await fetch(`${address}data/runs`)).json();
      if (Array.isArray(runs) && runs.length > 0) return address;
    }
  }
  throw new Error("TensorBoard ended before it served");
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill();
  await once(server, "exit");
}
