import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Logger, State } from "@mlog/core";
import { expect, onTestFinished, test } from "vitest";
import { ProgressBarLogger, type ProgressBarLoggerOptions } from "../src/index.ts";
import { Screen } from "./screen.ts";
import { Sink } from "./sink.ts";

const child = fileURLToPath(new URL("./children/train.ts", import.meta.url));
const node = [process.execPath, "--conditions=@mlog/source", child];

function state(localRank = 0): State {
  const ranks = { rank: localRank, localRank, worldSize: 2, localWorldSize: 2 };
  return new State({ runName: "run", maxDuration: "2ep", ranks });
}

test("without a terminal there is a line per epoch and one at the end, and none that moves the cursor", async () => {
  const sink = new Sink();
  const run = state();
  const logger = new Logger(run, new ProgressBarLogger({ stream: sink, metrics: ["loss"] }));
  for (let epoch = 0; epoch < 2; epoch++) {
    for (let batch = 0; batch < 100; batch++) {
      logger.logMetrics({ loss: 0.5, "\u001b[2J": 1 });
      run.nextBatch();
    }
    run.nextEpoch();
  }
  await logger.close();
  expect(sink.lines).toHaveLength(3);
  expect(sink.lines[0]).toMatch(/^epoch 2\/2, batch 0\/100, 50 % of the training, .*loss 0.5$/);
  expect(sink.lines[2]).toMatch(/^epoch 2\/2, batch 100\/100, 100 % of the training, .*loss 0.5$/);
  expect(sink.text).not.toContain("\u001b");
});

test("a loop that never yields is shown all the same, at most ten times a second", async () => {
  const screen = new Screen(80);
  const run = state();
  const logger = new Logger(run, new ProgressBarLogger({ stream: screen.stream }));
  const start = performance.now();
  let calls = 0;
  while (performance.now() - start < 450) {
    logger.logMetrics({ loss: calls++ });
    run.nextBatch();
  }
  const drawn = screen.bytes.split("\u001b[?2026h").length - 1;
  expect(drawn).toBeGreaterThanOrEqual(4);
  expect(drawn).toBeLessThanOrEqual(5);
  await logger.close();
  expect((await screen.lines()).at(-1)).toMatch(/^loss \d+$/);
});

test("other processes of the machine show nothing", async () => {
  const screen = new Screen();
  const logger = new Logger(state(1), new ProgressBarLogger({ stream: screen.stream }));
  logger.logMetrics({ loss: 1 });
  await logger.close();
  expect(screen.bytes).toBe("");
});

test.each([[{ metrics: "loss" }], [{ batchesPerEpoch: 0 }], [{ lineInterval: "1s" }], [{ colour: true }]])(
  "%j is refused",
  (options) => {
    expect(() => new ProgressBarLogger(options as unknown as ProgressBarLoggerOptions)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  },
);

test("in a real terminal, output of the process stays whole and the log keeps it without the bar", async ({
  skip,
}) => {
  if (spawnSync("script", ["--version"]).error) skip("script (util-linux) is not here to make a terminal");
  const folder = mkdtempSync(join(tmpdir(), "mlog-console-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const command = [...node, folder].map((word) => `'${word}'`).join(" ");
  const { stdout } = spawnSync("script", ["-qefc", `stty cols 80 rows 24; ${command}`, "/dev/null"], {
    encoding: "utf8",
    env: { ...process.env, CI: "" },
  });
  const screen = new Screen(80, 24);
  screen.write(stdout.replaceAll("\r\n", "\n"));
  const seen = await screen.lines();
  expect(seen.slice(0, 3)).toEqual(["begins and ends", "on stderr", "line of the end"]);
  expect(seen[3]).toMatch(/^epoch 2\/2 {2}█{26} {2}100 % {2}batch 20\/20$/);
  expect(seen[4]).toMatch(/^total .* 100 %/);
  expect(seen[5]).toMatch(/^loss 0\./);
  expect(seen[6]).toBe("closed");
  const log = readFileSync(join(folder, "run", "logs-rank0.jsonl"), "utf8");
  const output = log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; text: string })
    .filter(({ type }) => type === "output");
  expect(output.map(({ text }) => text)).toEqual(["begins and ends", "on stderr", "line of the end"]);
});

test("a reader that goes away does not end the training", async () => {
  const training = spawn(node[0]!, [...node.slice(1), "--console"], { stdio: ["ignore", "pipe", "pipe"] });
  training.stderr.destroy();
  let text = "";
  training.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise((resolve) => training.on("exit", resolve));
  expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("closed") as string });
});
