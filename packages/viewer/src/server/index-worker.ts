import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { MlogError } from "@mlog/core";
import { type Answer, type Call, END, type IndexRequests } from "../worker/requests.ts";

/**
 * Of the worker's heap; the columns that it reads are outside of it, and small. What is parsed is garbage at once: without a
 * bound on the young generation, it would take hundreds of MiB.
 */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

/** How long the thread may take to end by itself, in ms. */
const PATIENCE = 2000;

interface Pending {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** The thread that reads logs and answers for them, so that the server and its event loop stay free. */
export class IndexWorker {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  #failure: Error | undefined;

  constructor() {
    this.#worker = new Worker(createRequire(import.meta.url).resolve("#worker"), {
      name: "mlog viewer",
      resourceLimits: LIMITS,
    });
    this.#worker.on("message", (answer: Answer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ("error" in answer) pending?.reject(new MlogError("INDEX_FAILED", answer.error));
      else pending?.resolve(answer.result as never);
    });
    this.#worker.on("error", (cause) => this.#fail(cause));
    this.#exited = new Promise((resolve) => this.#worker.on("exit", () => resolve()));
    this.#worker.on("exit", () => this.#fail(undefined));
  }

  call<Name extends keyof IndexRequests>(
    name: Name,
    args: Parameters<IndexRequests[Name]>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<ReturnType<IndexRequests[Name]>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const call: Call = { id: this.#next++, name, args };
    return new Promise((resolve, reject) => {
      this.#pending.set(call.id, { resolve, reject });
      this.#worker.postMessage(call, [...transfer]);
    });
  }

  /** Ends the thread, once it has answered what it was asked before, or takes too long for that. */
  async close(): Promise<void> {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    this.#worker.postMessage(END);
    const timer = setTimeout(() => void this.#worker.terminate(), PATIENCE).unref();
    await this.#exited;
    clearTimeout(timer);
  }

  #fail(cause: unknown): void {
    this.#failure ??= new MlogError(
      "INDEX_FAILED",
      `the thread that reads the logs has ended: ${String(cause)}`,
      {
        cause,
      },
    );
    for (const { reject } of this.#pending.values()) reject(this.#failure);
    this.#pending.clear();
  }
}
