import { SHARE_ENV, type Worker } from "node:worker_threads";
import { MlogError } from "@mlog/core";
import { startThread } from "../own-thread.ts";
import type { StoreModule } from "../store-module.ts";
import { UploadError } from "../upload-error.ts";
import { Arrivals } from "./arrivals.ts";
import type { DownloadOrder, Engine, EngineListener, EngineStart, ListPage, UploadOrder } from "./engine.ts";
import { type Call, fromSent, type Message, type ThreadStart } from "./protocol.ts";
import type { EngineSettings } from "./upload-engine.ts";

/** How long the thread may take to end by itself once it is closed, in ms. */
const PATIENCE = 2000;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((bytes: number, total: number) => void) | undefined;
}

type Question =
  Exclude<Call, { kind: "upload" | "abort" }> extends infer C
    ? C extends Call
      ? Omit<C, "call">
      : never
    : never;

/**
 * What new objects may take in the thread, in MiB. With V8's own limit, which is several times that, the thread would keep
 * 100 MiB more, and be no faster.
 */
const YOUNG_MIB = 24;

/**
 * An {@link Engine} in a thread of its own, so that uploads go on while the calling thread computes for
 * minutes without a pause. It keeps the process alive while somebody waits for it, and while uploads
 * arrive; not while the store takes nothing.
 */
export class EngineThread implements Engine {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #listener: EngineListener;
  readonly #calls: Map<number, Pending> = new Map();
  readonly #arrivals = new Arrivals();
  #call = 0;
  #ended: Error | undefined;

  constructor(store: StoreModule, settings: EngineSettings, listener: EngineListener) {
    this.#listener = listener;
    const start: ThreadStart = { store, settings };
    // Credentials may be in the environment, and change there.
    this.#worker = startThread("#worker", {
      name: "mlog uploads",
      workerData: start,
      env: SHARE_ENV,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    this.#worker.unref();
    this.#worker.on("message", (messages: readonly Message[]) => {
      for (const message of messages) this.#hear(message);
    });
    this.#worker.on("error", (cause) => this.#end(`it threw ${String(cause)}`, cause));
    this.#exited = new Promise((resolve) => this.#worker.on("exit", () => resolve()));
    // Its last answer may come in the same turn: who waits for that goes first.
    this.#worker.on("exit", () => setImmediate(() => this.#end("it was stopped")));
  }

  open(): Promise<EngineStart> {
    return this.#ask({ kind: "open" }) as Promise<EngineStart>;
  }

  async check(): Promise<void> {
    await this.#ask({ kind: "check" });
  }

  upload(order: UploadOrder): void {
    if (this.#ended !== undefined) {
      this.#listener.failed(order.key, this.#ended, false);
      return;
    }
    this.#arrivals.add(order.key);
    this.#say({ kind: "upload", order });
    this.#refWhileAwaited();
  }

  async flush(): Promise<void> {
    await this.#ask({ kind: "flush" });
  }

  async drain(signal: AbortSignal): Promise<void> {
    await this.#ask({ kind: "drain" }, signal);
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    try {
      await this.#ask({ kind: "close" });
    } finally {
      this.#ended ??= new MlogError(
        "LOGGER_CLOSED",
        "the logger is closed: upload, download and list before",
      );
      this.#refuseCalls(this.#ended);
      await this.#exit();
    }
  }

  async download(
    order: DownloadOrder,
    onProgress: (bytes: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#ask({ kind: "download", order }, signal, onProgress);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  list(prefix: string, next: number | undefined): Promise<ListPage> {
    return this.#ask({ kind: "list", prefix, next }) as Promise<ListPage>;
  }

  uri(name: string): Promise<string> {
    return this.#ask({ kind: "uri", name }) as Promise<string>;
  }

  async endList(next: number): Promise<void> {
    await this.#ask({ kind: "endList", next });
  }

  async #ask(
    question: Question,
    signal?: AbortSignal,
    onProgress?: (bytes: number, total: number) => void,
  ): Promise<unknown> {
    if (this.#ended !== undefined) throw this.#ended;
    const call = this.#call++;
    const abort = (): void => this.#say({ kind: "abort", call });
    const answered = new Promise<unknown>((resolve, reject) =>
      this.#calls.set(call, { resolve, reject, onProgress }),
    );
    this.#say({ ...question, call });
    this.#refWhileAwaited();
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    try {
      return await answered;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  #say(call: Call): void {
    this.#worker.postMessage(call, []);
  }

  #hear(message: Message): void {
    switch (message.kind) {
      case "staged":
        this.#arrivals.staged(message.key);
        this.#listener.staged(message.key);
        break;
      case "uploaded":
        this.#arrivals.uploaded(message.key);
        this.#listener.uploaded(message.key, message.object);
        break;
      case "failed":
        this.#arrivals.failed(message.key);
        this.#listener.failed(message.key, fromSent(message.error), message.wasStaged);
        break;
      case "report":
        this.#arrivals.reported(message.error.code);
        this.#listener.report(fromSent(message.error));
        break;
      case "progress":
        this.#listener.progress(message.progress);
        break;
      case "downloaded":
        this.#calls.get(message.call)?.onProgress?.(message.bytes, message.total);
        break;
      case "answer":
        this.#take(message.call)?.resolve(message.value);
        break;
      case "refusal":
        this.#take(message.call)?.reject(fromSent(message.error));
    }
    this.#refWhileAwaited();
  }

  #take(call: number): Pending | undefined {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    return pending;
  }

  #refWhileAwaited(): void {
    const isAwaited = this.#calls.size > 0 || this.#arrivals.areAwaited || this.#ended !== undefined;
    if (isAwaited) this.#worker.ref();
    else this.#worker.unref();
  }

  #end(reason: string, cause?: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = ended(reason, cause);
    this.#refuseCalls(this.#ended);
    for (const [key, wasStaged] of this.#arrivals.end()) this.#listener.failed(key, this.#ended, wasStaged);
    this.#listener.report(this.#ended);
  }

  /** The thread ends by itself, so that nothing is under way in it then; one that the store keeps alive is ended. */
  async #exit(): Promise<void> {
    this.#worker.ref();
    const timer = setTimeout(() => void this.#worker.terminate(), PATIENCE).unref();
    await this.#exited;
    clearTimeout(timer);
  }

  #refuseCalls(error: Error): void {
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}

function ended(reason: string, cause?: unknown): UploadError {
  const message = `the thread that uploads has ended (${reason}); what was staged goes on with the next start`;
  return new UploadError("UPLOADER_FAILED", message, { cause });
}
