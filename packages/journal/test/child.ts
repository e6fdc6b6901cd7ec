import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Starts a program of `fixtures/` on the sources. */
export function startChild(
  program: string,
  programArguments: readonly string[],
  flags: readonly string[] = [],
): ChildProcessWithoutNullStreams {
  const path = fileURLToPath(new URL(`./fixtures/${program}`, import.meta.url));
  return spawn(process.execPath, ["--conditions=@mlog/source", ...flags, path, ...programArguments]);
}

/** What a child said and how it ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for the end of a child. */
export function endOf(child: ChildProcessWithoutNullStreams): Promise<Ending> {
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += String(text)));
  child.stderr.on("data", (text) => (stderr += String(text)));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}
