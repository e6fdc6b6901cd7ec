/**
 * Loaded before everything else, in the process and in the threads that it starts: makes calls of
 * `node:fs` on regular files fail for as long as the file that the variable `SOAK_FAULT` names has a
 * {@link Fault} in it.
 */
import { createRequire, syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";
import type * as Threads from "node:worker_threads";
import type * as Files from "node:fs";

export interface Fault {
  readonly code: string;
  readonly calls: readonly Call[];
}

type Call = "writeSync" | "fdatasyncSync" | "fsyncSync" | "openSync" | "mkdirSync";
type AnyCall = (...given: unknown[]) => unknown;

const require = createRequire(import.meta.url);
const files = require("node:fs") as typeof Files;
const control = process.env["SOAK_FAULT"]!;
const { readFileSync, fstatSync } = files;
const real = { ...files };
let half = false;

function currentFault(): Fault | undefined {
  try {
    return JSON.parse(readFileSync(control, "utf8")) as Fault;
  } catch {
    return undefined;
  }
}

function failIfTold(call: Call, file: unknown): Fault | undefined {
  const fault = currentFault();
  if (fault === undefined || !fault.calls.includes(call)) return undefined;
  return typeof file === "number" && !fstatSync(file).isFile() ? undefined : fault;
}

for (const call of ["writeSync", "fdatasyncSync", "fsyncSync", "openSync", "mkdirSync"] as const) {
  (files as unknown as Record<Call, AnyCall>)[call] = (...given) => {
    const fault = failIfTold(call, given[0]);
    if (fault === undefined) return (real[call] as AnyCall)(...given);
    half = !half;
    // As a disk that fills up does: a part of the bytes is taken first, then nothing.
    if (call === "writeSync" && half && typeof given[3] === "number") {
      return (real.writeSync as AnyCall)(given[0], given[1], given[2], Math.ceil(given[3] / 2), given[4]);
    }
    throw Object.assign(new Error(`${fault.code}: injected, ${call}`), { code: fault.code, syscall: call });
  };
}

if (isMainThread) {
  const threads = require("node:worker_threads") as typeof Threads;
  threads.Worker = class extends threads.Worker {
    constructor(path: string | URL, options: Threads.WorkerOptions = {}) {
      const execArgv = [...(options.execArgv ?? process.execArgv), "--import", import.meta.url];
      super(path, { ...options, execArgv, env: { SOAK_FAULT: control } });
    }
  };
}
syncBuiltinESMExports();
