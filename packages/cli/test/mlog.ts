import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Logger, State, type StateOptions } from "@mlog/core";
import { FileLogger, type FileLoggerOptions } from "@mlog/file";
import { onTestFinished, vi } from "vitest";
import { main } from "../src/index.ts";

/** The command as a process of its own: `spawn(process.execPath, [...asProcess, "ls"])`. */
export const asProcess: readonly string[] = [
  "--conditions=@mlog/source",
  fileURLToPath(new URL("../src/main.ts", import.meta.url)),
];

/** What the command said, and its exit code. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  json<Value>(): Value;
}

/** Runs the command in this process. */
export async function mlog(...args: string[]): Promise<Said> {
  const said = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((chunk: string | Uint8Array) => {
      said[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      return true;
    }),
  );
  try {
    const code = await main(args);
    return { code, ...said, json: () => JSON.parse(said.stdout) as never };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}

/** An empty folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mlog-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A logger of a run below `root`, with a clock that stands still at 5000. */
export function openRun(
  root: string,
  name: string,
  { run, ...options }: FileLoggerOptions & { run?: StateOptions } = {},
): { state: State; logger: Logger } {
  const state = new State({ runName: name, now: () => 5000, ranks: { rank: 0 }, maxDuration: "2ep", ...run });
  const file = new FileLogger({ root, captureStdout: false, captureStderr: false, ...options });
  return { state, logger: new Logger(state, file) };
}

/** A run of two epochs of three batches, with one of everything, that has ended. */
export async function writeRun(root: string, name: string, learningRate = 0.01): Promise<string> {
  const { state, logger } = openRun(root, name);
  logger.logHyperparameters({ learningRate, model: { layers: 2 } });
  logger.runEvent("fitStart");
  for (let epoch = 0; epoch < 2; epoch++) {
    for (let batch = 0; batch < 3; batch++) {
      const step = state.timestamp.batch;
      logger.logMetrics({ loss: step === 4 ? NaN : 1 / (1 + step), step: step * 10 });
      logger.logMetrics({ "rate/learning": learningRate });
      state.nextBatch({ samples: 8 });
    }
    logger.logTable(["a", "b"], [[1, "x"]], { name: "results" });
    logger.logHistogram("weights", Float32Array.of(1, 2, 3));
    state.nextEpoch();
  }
  await logger.close();
  return join(root, name);
}
