import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Sink {
  readonly endpoint: string;
  readonly process: ChildProcess;
}

/** Starts the sink in a process of its own. It ends with this one. */
export async function startSink(): Promise<Sink> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./sink.ts", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  for await (const endpoint of createInterface({ input: child.stdout })) return { endpoint, process: child };
  throw new Error("the sink did not start");
}
