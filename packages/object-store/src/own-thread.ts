import { createRequire } from "node:module";
import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Runs a module of this package in a thread of its own.
 *
 * @param module - As the imports of the package name it, such as `"#worker"`.
 */
export function startThread(module: `#${string}`, options: WorkerOptions): Worker {
  const path = createRequire(import.meta.url).resolve(module);
  // What the application preloads is not for such a thread.
  const execArgv = process.execArgv.filter((flag) => /^(--conditions=|--experimental-)/.test(flag));
  return new Worker(path, { ...options, execArgv });
}
