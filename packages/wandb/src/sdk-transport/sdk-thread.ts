import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { MlogError } from "@mlog/core";
import type { Settings } from "../settings.ts";
import { ARRIVED, COUNTERS, type FromSdkWorker, LOST, type SdkStart, type ToSdkWorker } from "./protocol.ts";

const require = createRequire(import.meta.url);

/** How long the thread may take to end by itself once the run is finished, in ms. */
const PATIENCE = 2000;

/**
 * The thread in which `@wandb/sdk` runs: what it throws, blocks or leaves open there does not reach the
 * process, and there are no signals whose handling it could change.
 */
export class SdkThread {
  readonly #counters: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(COUNTERS * 4));
  readonly #worker: Worker;
  readonly #exited: Promise<void>;

  /** @throws MlogError `WANDB_SDK_MISSING` */
  constructor(
    { run, apiKey = "" }: Settings,
    listener: { hear(message: FromSdkWorker): void; ended(reason: string): void },
  ) {
    assertInstalled();
    const { entity, project, runId: id, name, baseUrl } = run;
    const counters = this.#counters.buffer;
    const workerData: SdkStart = { apiKey, baseUrl, entity, project, id, name, counters };
    this.#worker = new Worker(require.resolve("#sdk-worker"), {
      name: "mlog wandb sdk",
      workerData,
      execArgv: process.execArgv.filter((flag) => flag.startsWith("--conditions=")),
      // What it would read there is settled already.
      env: {},
      stdout: true,
      stderr: true,
    });
    let reason = "its thread has ended";
    this.#worker.on("message", listener.hear);
    this.#worker.on("error", (error) => (reason = error instanceof Error ? error.message : String(error)));
    this.#exited = new Promise((resolve) => this.#worker.on("exit", () => resolve()));
    this.#worker.on("exit", () => listener.ended(reason));
    // What it prints is for nobody, and must not pile up.
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.unref();
  }

  /** Calls that have arrived. */
  get arrived(): number {
    return Atomics.load(this.#counters, ARRIVED);
  }

  /** Calls that were sent and did not arrive. */
  get lost(): number {
    return Atomics.load(this.#counters, LOST);
  }

  tell(message: ToSdkWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    this.#worker.postMessage(message);
  }

  /** From now on the process waits for it. */
  hold(): void {
    this.#worker.ref();
  }

  /** Waits for the end of a thread that has finished its run; one that the SDK keeps alive is stopped. */
  async finished(): Promise<void> {
    const timer = setTimeout(() => void this.#worker.terminate(), PATIENCE).unref();
    await this.#exited;
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

function assertInstalled(): void {
  try {
    require.resolve("@wandb/sdk");
  } catch (cause) {
    throw new MlogError(
      "WANDB_SDK_MISSING",
      'the transport "sdk" needs @wandb/sdk: install it beside @mlog/wandb',
      {
        cause,
      },
    );
  }
}
