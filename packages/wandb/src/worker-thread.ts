import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { COUNTERS, type FromWorker, type ToWorker, type WorkerStart } from "./worker-protocol.ts";

/** Variables that decide how requests are made; nothing else of the environment reaches the worker. */
const PASSED = /^(?:https?_proxy|no_proxy|node_use_env_proxy|node_extra_ca_certs)$/i;

/** What a {@link WorkerThread} is told. */
export interface WorkerListener {
  hear(message: FromWorker): void;
  /** The worker is gone, before its last message or after it. */
  ended(error: unknown): void;
}

/** The thread that makes and sends the records of one run. It never keeps the process alive by itself. */
export class WorkerThread {
  readonly counters: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(COUNTERS * 4));
  readonly #worker: Worker;

  /** @throws what `new Worker` throws */
  constructor(start: Omit<WorkerStart, "counters">, { hear, ended }: WorkerListener) {
    const workerData: WorkerStart = { ...start, counters: this.counters.buffer };
    this.#worker = new Worker(createRequire(import.meta.url).resolve("#worker"), {
      name: "mlog wandb",
      workerData,
      // What it makes is garbage at once: with room for more it would take tens of megabytes, and no less time.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
      // What the application preloads is not for this thread; how modules are found is.
      execArgv: process.execArgv.filter((flag) => flag.startsWith("--conditions=")),
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name))),
    });
    let failure: unknown;
    this.#worker.on("message", hear);
    this.#worker.on("error", (error) => (failure = error));
    this.#worker.on("exit", () => ended(failure));
    this.#worker.unref();
  }

  tell(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    this.#worker.postMessage(message);
  }

  /** From now on the process waits for it, or no longer. */
  hold(holds: boolean): void {
    if (holds) this.#worker.ref();
    else this.#worker.unref();
  }

  stop(): void {
    void this.#worker.terminate();
  }
}
