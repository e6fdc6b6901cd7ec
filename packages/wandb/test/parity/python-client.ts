import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WandbServer } from "@mlog/test-servers/wandb";
import { parseExtended } from "../../src/extended-json.ts";

/** The program that runs Python's client. */
export const PYTHON: string = process.env["WANDB_PYTHON"] || "python3";
/** Of one process of Python's, in ms. */
const DEADLINE = 60_000;

/** Undefined if Python's client can run here; else why not. */
export function missingClient(): string | undefined {
  const { status, error } = spawnSync(PYTHON, ["-c", "import wandb, numpy, PIL"], { timeout: DEADLINE });
  if (status === 0) return undefined;
  const found = error === undefined ? "lacks wandb, numpy or pillow" : "does not start";
  return `Python's client of W&B is not here: ${PYTHON} ${found}. WANDB_PYTHON names a Python that has all three`;
}

/** Runs the shared run's part with Python's client, which keeps everything below `folder`. */
export async function runShared(
  part: "first" | "second",
  model: string,
  server: Pick<WandbServer, "baseUrl" | "apiKey">,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  // Its path is in what the client sends.
  const script = join(folder, "shared-run.py");
  copyFileSync(new URL("shared-run.py", import.meta.url), script);
  await runScript([script, part, model], server, folder, env);
}

/** Gets the artifacts of the shared run, and resolves with what read-artifacts.py says of them. */
export async function readArtifacts(
  server: Pick<WandbServer, "baseUrl" | "apiKey">,
  folder: string,
): Promise<unknown> {
  const script = fileURLToPath(new URL("read-artifacts.py", import.meta.url));
  await runScript([script, folder], server, folder, {});
  return parseExtended(readFileSync(join(folder, "read.json"), "utf8"));
}

/** Sends an offline run with `wandb sync`, whose exit code says nothing: look at what has arrived. */
export async function sync(
  run: string,
  server: Pick<WandbServer, "baseUrl" | "apiKey">,
  folder: string,
): Promise<void> {
  await runPython(["-m", "wandb", "sync", run], server, folder, {});
}

/** Rejects with what was printed if the script fails. */
async function runScript(...args: Parameters<typeof runPython>): Promise<void> {
  const { code, printed } = await runPython(...args);
  if (code !== 0) throw new Error(`Python exited with ${code}: ${printed}`);
}

/** Rejects if Python does not end by itself. */
async function runPython(
  args: readonly string[],
  server: Pick<WandbServer, "baseUrl" | "apiKey">,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly printed: string }> {
  // A group of its own, since the client starts further processes.
  const child = spawn(PYTHON, args, {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      TMPDIR: folder,
      WANDB_BASE_URL: server.baseUrl,
      WANDB_API_KEY: server.apiKey,
      WANDB_ERROR_REPORTING: "false",
      WANDB_DISABLE_GIT: "true",
      WANDB_DISABLE_CODE: "true",
      WANDB_CONSOLE: "off",
      WANDB_HOST: "a host",
      ...env,
    },
  });
  let printed = "";
  child.stderr.on("data", (text: Buffer) => (printed += text.toString()));
  const deadline = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), DEADLINE);
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  clearTimeout(deadline);
  if (code === null) throw new Error(`Python was ended by ${signal} after ${DEADLINE} ms: ${printed}`);
  return { code, printed };
}
