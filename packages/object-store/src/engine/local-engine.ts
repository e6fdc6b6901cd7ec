import type { ObjectStore } from "../object-store.ts";
import { machineClock } from "./clock.ts";
import type { DownloadOrder, Engine, EngineListener, EngineStart, ListPage, UploadOrder } from "./engine.ts";
import { KeepAlive } from "./keep-alive.ts";
import { type EngineSettings, UploadEngine } from "./upload-engine.ts";

/**
 * An {@link Engine} on the calling thread. As one of another thread, it keeps the process alive while somebody waits for it, and
 * while uploads arrive; not while the store takes nothing.
 */
export class LocalEngine implements Engine {
  readonly #engine: UploadEngine;
  readonly #awaited = new KeepAlive();
  readonly #arriving = new KeepAlive();
  /** Of orders that have not arrived. */
  readonly #keys: Set<number> = new Set();
  /** It has been told that uploads wait: there is no telling for how long. */
  #isDelayed = false;

  constructor(store: ObjectStore, settings: EngineSettings, listener: EngineListener) {
    const attended: EngineListener = {
      staged: (key) => listener.staged(key),
      uploaded: (key, object) => {
        this.#isDelayed = false;
        this.#ended(key);
        listener.uploaded(key, object);
      },
      failed: (key, error, wasStaged) => {
        this.#ended(key);
        listener.failed(key, error, wasStaged);
      },
      report: (error) => {
        const { code } = error as { readonly code?: unknown };
        this.#isDelayed ||= code === "UPLOADS_DELAYED" || code === "UPLOADS_PARKED";
        this.#keepWhileArriving();
        listener.report(error);
      },
      progress: (progress) => listener.progress(progress),
    };
    this.#engine = new UploadEngine(store, settings, attended, machineClock);
  }

  open(): Promise<EngineStart> {
    return this.#awaited.during(this.#engine.open());
  }

  check(): Promise<void> {
    return this.#awaited.during(this.#engine.check());
  }

  upload(order: UploadOrder): void {
    this.#keys.add(order.key);
    this.#keepWhileArriving();
    this.#engine.upload(order);
  }

  flush(): Promise<void> {
    return this.#awaited.during(this.#engine.flush());
  }

  drain(signal: AbortSignal): Promise<void> {
    return this.#awaited.during(this.#engine.drain(signal));
  }

  async close(): Promise<void> {
    try {
      await this.#awaited.during(this.#engine.close());
    } finally {
      this.#keys.clear();
      this.#keepWhileArriving();
    }
  }

  download(
    order: DownloadOrder,
    onProgress: (bytes: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#awaited.during(this.#engine.download(order, onProgress, signal));
  }

  list(prefix: string, next: number | undefined): Promise<ListPage> {
    return this.#awaited.during(this.#engine.list(prefix, next));
  }

  uri(name: string): Promise<string> {
    return this.#engine.uri(name);
  }

  endList(next: number): Promise<void> {
    return this.#awaited.during(this.#engine.endList(next));
  }

  #ended(key: number | undefined): void {
    if (key !== undefined) this.#keys.delete(key);
    this.#keepWhileArriving();
  }

  #keepWhileArriving(): void {
    this.#arriving.set(this.#keys.size > 0 && !this.#isDelayed);
  }
}
