import type { ObjectStore } from "../object-store.ts";
import { Arrivals } from "./arrivals.ts";
import { machineClock } from "./clock.ts";
import type { DownloadOrder, Engine, EngineListener, EngineStart, ListPage, UploadOrder } from "./engine.ts";
import { type EngineSettings, UploadEngine } from "./upload-engine.ts";

/** The longest delay of a timer, in ms. */
const LONG = 2 ** 31 - 1;

/**
 * An {@link Engine} on the calling thread. As one of another thread, it keeps the process alive while somebody waits for it, and
 * while uploads arrive; not while the store takes nothing.
 */
export class LocalEngine implements Engine {
  readonly #engine: UploadEngine;
  readonly #arrivals = new Arrivals();
  /** Calls that somebody waits for. */
  #calls = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: ObjectStore, settings: EngineSettings, listener: EngineListener) {
    const attended: EngineListener = {
      staged: (key) => {
        this.#arrivals.staged(key);
        listener.staged(key);
      },
      uploaded: (key, object) => {
        this.#arrivals.uploaded(key);
        this.#stayWhileAwaited();
        listener.uploaded(key, object);
      },
      failed: (key, error, wasStaged) => {
        this.#arrivals.failed(key);
        this.#stayWhileAwaited();
        listener.failed(key, error, wasStaged);
      },
      report: (error) => {
        this.#arrivals.reported((error as { readonly code?: unknown }).code);
        this.#stayWhileAwaited();
        listener.report(error);
      },
      progress: (progress) => listener.progress(progress),
    };
    this.#engine = new UploadEngine(store, settings, attended, machineClock);
  }

  open(): Promise<EngineStart> {
    return this.#during(this.#engine.open());
  }

  check(): Promise<void> {
    return this.#during(this.#engine.check());
  }

  upload(order: UploadOrder): void {
    this.#arrivals.add(order.key);
    this.#stayWhileAwaited();
    this.#engine.upload(order);
  }

  flush(): Promise<void> {
    return this.#during(this.#engine.flush());
  }

  drain(signal: AbortSignal): Promise<void> {
    return this.#during(this.#engine.drain(signal));
  }

  async close(): Promise<void> {
    try {
      await this.#during(this.#engine.close());
    } finally {
      this.#arrivals.end();
      this.#stayWhileAwaited();
    }
  }

  download(
    order: DownloadOrder,
    onProgress: (bytes: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#during(this.#engine.download(order, onProgress, signal));
  }

  list(prefix: string, next: number | undefined): Promise<ListPage> {
    return this.#during(this.#engine.list(prefix, next));
  }

  uri(name: string): Promise<string> {
    return this.#engine.uri(name);
  }

  endList(next: number): Promise<void> {
    return this.#during(this.#engine.endList(next));
  }

  async #during<Result>(work: Promise<Result>): Promise<Result> {
    this.#calls++;
    this.#stayWhileAwaited();
    try {
      return await work;
    } finally {
      this.#calls--;
      this.#stayWhileAwaited();
    }
  }

  /** The pauses between attempts keep no process alive. */
  #stayWhileAwaited(): void {
    if (this.#calls > 0 || this.#arrivals.areAwaited) {
      this.#timer ??= setInterval(() => undefined, LONG);
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
