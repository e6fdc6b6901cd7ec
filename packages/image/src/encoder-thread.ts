import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { MlogError, MlogRangeError } from "@mlog/core";
import type { EncodedImage } from "./encoded-image.ts";
import { FinishedIds } from "./finished-ids.ts";
import { type Answer, END, type Job, type Request, type WorkerStart } from "./protocol.ts";

/** How long the worker is kept without work, in ms: starting one takes a tenth of a second. */
const IDLE = 30_000;
/** How long the worker may take to end by itself, in ms. */
const PATIENCE = 2000;

interface Pending {
  /** Held until the worker has read it: core uses memory again that nobody refers to. */
  pixels: readonly ArrayBufferLike[];
  resolve(image: EncodedImage): void;
  reject(error: Error): void;
}

/** The worker that makes the files. It keeps the process alive while it has work, and ends when it had none for a while. */
export class EncoderThread {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #ledger: BigInt64Array<SharedArrayBuffer>;
  readonly #finished: FinishedIds = new FinishedIds();
  readonly #pending: Map<number, Pending> = new Map();
  readonly #idle: NodeJS.Timeout;
  #requests = 0;
  #ended = false;
  #error: unknown;

  constructor(concurrency: number) {
    this.#ledger = new BigInt64Array(new SharedArrayBuffer(8));
    const start: WorkerStart = { concurrency, ledger: this.#ledger, finished: this.#finished.memory };
    // No flags, no environment: what the application preloads is not for this thread.
    const path = createRequire(import.meta.url).resolve("#worker");
    this.#worker = new Worker(path, { name: "mlog image", workerData: start, execArgv: [], env: {} });
    this.#worker.unref();
    this.#worker.on("message", (answer: Answer) => this.#hear(answer));
    this.#worker.on("error", (error) => (this.#error = error));
    this.#exited = new Promise((resolve) => this.#worker.on("exit", () => resolve()));
    this.#worker.on("exit", () => this.#workerEnded());
    this.#idle = setTimeout(() => {
      if (this.#pending.size === 0) void this.end();
    }, IDLE).unref();
  }

  /** Nothing can be made any more: the next one must be started. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes of all requests, and of files that have not been handed over; right even while the event loop is blocked. */
  get bytes(): number {
    return this.#ended ? 0 : Number(Atomics.load(this.#ledger, 0));
  }

  /** @param bytes what the job counts until its file is handed over */
  make(job: Job, bytes: number): Promise<EncodedImage> {
    this.#letGo();
    return new Promise((resolve, reject) => {
      const id = this.#requests++;
      const request: Request = { id, bytes, job };
      Atomics.add(this.#ledger, 0, BigInt(bytes));
      this.#worker.postMessage(request, []);
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(id, { pixels: memoryOf(job), resolve, reject });
    });
  }

  /** The worker ends by itself, so that nothing is under way in it then; one that does not is ended. */
  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#idle);
    this.#worker.ref();
    this.#worker.postMessage(END, []);
    const timer = setTimeout(() => void this.#worker.terminate(), PATIENCE).unref();
    await this.#exited;
    clearTimeout(timer);
  }

  /** In a loop that never yields, no answer is heard, and pixels would pile up. */
  #letGo(): void {
    for (const id of this.#finished.take()) {
      const pending = this.#pending.get(id);
      if (pending) pending.pixels = [];
    }
  }

  #hear(answer: Answer): void {
    const pending = this.#pending.get(answer.id)!;
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) {
      this.#worker.unref();
      this.#idle.refresh();
    }
    if ("image" in answer) {
      Atomics.sub(this.#ledger, 0, BigInt(answer.image.data.length));
      pending.resolve(answer.image);
    } else if (answer.code === "INVALID_MASK") {
      pending.reject(new MlogRangeError(answer.code, answer.message));
    } else {
      pending.reject(new MlogError(answer.code, `a picture cannot be encoded: ${answer.message}`));
    }
  }

  #workerEnded(): void {
    this.#ended = true;
    clearTimeout(this.#idle);
    const error = new MlogError(
      "IMAGE_WORKER_FAILED",
      `the thread that encodes pictures ended with ${this.#pending.size} of them not encoded: ` +
        (this.#error instanceof Error ? this.#error.message : "it was stopped"),
      { cause: this.#error },
    );
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

function memoryOf(job: Job): readonly ArrayBufferLike[] {
  switch (job.kind) {
    case "image":
      return [job.pixels.data.buffer];
    case "mask":
      return [job.mask.data.buffer];
    case "overlay":
      return [job.pixels.data.buffer, job.mask.data.buffer];
    case "contact sheet":
      return job.pictures.map(({ data }) => data.buffer);
  }
}
