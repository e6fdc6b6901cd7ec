import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { downloadFile } from "../download/download-file.ts";
import type { ObjectStore } from "../object-store.ts";
import { stageFile, stagingError } from "../staging/stage-file.ts";
import type { KeptUpload, Session } from "../staging/session.ts";
import { StagingFolder } from "../staging/staging-folder.ts";
import { UploadError } from "../upload-error.ts";
import type { Clock } from "./clock.ts";
import type {
  DownloadOrder,
  Engine,
  EngineListener,
  EngineStart,
  ListPage,
  LocatedObject,
  UploadOrder,
} from "./engine.ts";
import { Lists } from "./lists.ts";
import { partSizeFor } from "./part-size.ts";
import { Sender } from "./sender.ts";
import { Slots } from "./slots.ts";
import { StagingBudget } from "./staging-budget.ts";
import type { QueuedUpload } from "./upload-queue.ts";

/** How an engine works. Plain data. */
export interface EngineSettings {
  readonly stagingFolder: string;
  /** The folder is that of one store, made by an earlier engine, whose uploads shall be finished. */
  readonly finishOnly: boolean;
  readonly concurrency: number;
  readonly maxStagedBytes: number;
  /** In ms. */
  readonly requestTimeout: number;
}

/** Files that are copied or read at a time. */
const STAGED_AT_ONCE = 8;
/** Copies of files of so many bytes or less share a file. */
const SMALL = 256 * 1024;

/** The {@link Engine} itself: stages, keeps the journal, and has a {@link Sender} do the rest. */
export class UploadEngine implements Engine {
  readonly #store: ObjectStore;
  readonly #settings: EngineSettings;
  readonly #listener: EngineListener;
  readonly #clock: Clock;
  readonly #sender: Sender;
  readonly #lists: Lists;
  readonly #budget: StagingBudget;
  readonly #slots = new Slots(STAGED_AT_ONCE);
  readonly #sessions: Session[] = [];
  readonly #staging: Set<Promise<void>> = new Set();
  /** How many files are being staged for each name. */
  readonly #stagingNames: Map<string, number> = new Map();
  readonly #opened = Promise.withResolvers<Session>();
  #order = 0;

  constructor(store: ObjectStore, settings: EngineSettings, listener: EngineListener, clock: Clock) {
    this.#store = store;
    this.#settings = settings;
    this.#listener = listener;
    this.#clock = clock;
    this.#lists = new Lists(store);
    this.#budget = new StagingBudget(settings.maxStagedBytes);
    this.#opened.promise.catch(() => undefined);
    this.#sender = new Sender(store, settings, clock, {
      uploaded: (upload) => this.#listener.uploaded(upload.key, this.#objectOf(upload)),
      failed: (upload, error) => this.#listener.failed(upload.key, error, true),
      forgotten: ({ upload }) => this.#budget.give(upload.size),
      report: (error) => this.#listener.report(error),
      progress: ({ upload }, bytes) =>
        this.#listener.progress({ name: upload.name, direction: "up", bytes, total: upload.size }),
    });
  }

  async open(): Promise<EngineStart> {
    try {
      const { stagingFolder, finishOnly } = this.#settings;
      const uri = this.#store.uri("");
      const folder = await StagingFolder[finishOnly ? "open" : "make"](stagingFolder, uri);
      const own = await folder.newSession();
      this.#sessions.push(own, ...(await folder.takeOver()));
      const left = await this.#takeLeft();
      this.#sender.begin();
      this.#opened.resolve(own);
      return { uri, folder: folder.path, left };
    } catch (error) {
      this.#opened.reject(error);
      throw stagingError(error, this.#settings.stagingFolder);
    }
  }

  check(): Promise<void> {
    return this.#sender.check();
  }

  upload(order: UploadOrder): void {
    if (!order.overwrite && this.#isLive(order.name)) {
      const message = `an upload of ${order.name} is under way, and this one may not replace it: wait for it, or set overwrite`;
      this.#listener.failed(order.key, new UploadError("UPLOAD_IN_QUEUE", message), false);
      return;
    }
    const position = { time: this.#clock.now(), order: this.#order++ };
    const { name } = order;
    this.#stagingNames.set(name, (this.#stagingNames.get(name) ?? 0) + 1);
    const staging = this.#stage(order, position).finally(() => {
      this.#staging.delete(staging);
      const others = this.#stagingNames.get(name)! - 1;
      if (others > 0) this.#stagingNames.set(name, others);
      else this.#stagingNames.delete(name);
    });
    this.#staging.add(staging);
  }

  async flush(): Promise<void> {
    await Promise.all(this.#staging);
  }

  async drain(signal: AbortSignal): Promise<void> {
    await this.flush();
    await this.#sender.idle(signal);
  }

  async close(): Promise<void> {
    await this.#sender.stop();
    await this.flush();
    // What was staged last may have replaced something.
    await this.#sender.stop();
    this.#lists.close();
    const released = await Promise.allSettled(this.#sessions.splice(0).map((session) => session.release()));
    await this.#store.close?.();
    for (const result of released) if (result.status === "rejected") throw result.reason;
  }

  download(
    order: DownloadOrder,
    onProgress: (bytes: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { requestTimeout, concurrency } = this.#settings;
    const means = { store: this.#store, clock: this.#clock, timeout: requestTimeout, concurrency };
    return downloadFile(order, means, onProgress, signal);
  }

  list(prefix: string, next: number | undefined): Promise<ListPage> {
    return this.#lists.page(prefix, next);
  }

  async uri(name: string): Promise<string> {
    return this.#store.uri(name);
  }

  endList(next: number): Promise<void> {
    return this.#lists.end(next);
  }

  async #takeLeft(): Promise<number> {
    const left = this.#sessions.flatMap((session) => session.kept);
    left.sort(({ upload: a }, { upload: b }) => a.time - b.time || a.order - b.order);
    for (const kept of left) {
      this.#budget.take(kept.upload.size);
      await this.#sender.add({ kept, key: undefined, failures: 0, dueAt: 0 });
    }
    return left.length;
  }

  #isLive(name: string): boolean {
    return this.#sender.has(name) || this.#stagingNames.has(name);
  }

  /** Never rejects: the listener is told. */
  async #stage(
    { key, name, path, overwrite }: UploadOrder,
    position: { time: number; order: number },
  ): Promise<void> {
    let reserved = 0;
    let kept: KeptUpload;
    try {
      const session = await this.#opened.promise;
      const id = randomUUID().replaceAll("-", "");
      const copy = join(session.path, id);
      const { bytes, ...file } = await this.#slots.run(async () => {
        await session.packs.room();
        return stageFile(path, copy, {
          wantsMd5: this.#store.wantsMd5 === true,
          partSize: (size) => partSizeFor(size, this.#store),
          readUpTo: SMALL,
          reserve: (size) => {
            this.#budget.reserve(size, path);
            reserved = size;
          },
        });
      });
      try {
        kept = await session.add({ ...file, id, name, overwrite, ...position }, bytes);
      } catch (error) {
        await rm(copy, { force: true });
        throw stagingError(error, path);
      }
    } catch (error) {
      this.#budget.give(reserved);
      this.#listener.failed(key, error as Error, false);
      return;
    }
    this.#listener.staged(key);
    await this.#sender.add({ kept, key, failures: 0, dueAt: 0 });
  }

  #objectOf({ kept: { upload } }: QueuedUpload): LocatedObject {
    const { name, size } = upload;
    return { name, size, uri: this.#store.uri(name) };
  }
}
