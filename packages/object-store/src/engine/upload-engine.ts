import { downloadFile } from "../download/download-file.ts";
import type { ObjectStore } from "../object-store.ts";
import { stagingError } from "../staging/stage-file.ts";
import type { Session } from "../staging/session.ts";
import { DEAD_AFTER, StagingFolder } from "../staging/staging-folder.ts";
import type { Clock } from "./clock.ts";
import type { DownloadOrder, Engine, EngineListener, EngineStart, ListPage, UploadOrder } from "./engine.ts";
import { Lists } from "./lists.ts";
import { Sender } from "./sender.ts";
import { Stager } from "./stager.ts";
import { StagingBudget } from "./staging-budget.ts";
import { comparePositions } from "./upload-queue.ts";

/** How an engine works. Plain data. */
export interface EngineSettings {
  readonly stagingFolder: string;
  /** The folder is that of one store, made by an earlier engine, whose uploads shall be finished. */
  readonly finishOnly: boolean;
  readonly concurrency: number;
  readonly maxStagedBytes: number;
  /** In ms. */
  readonly requestTimeout: number;
  /** The thread has nothing else to do, and may wait for a small file to be read. */
  readonly hasOwnThread: boolean;
}

/** The {@link Engine} itself: stages, keeps the journal, and has a {@link Sender} do the rest. */
export class UploadEngine implements Engine {
  readonly #store: ObjectStore;
  readonly #settings: EngineSettings;
  readonly #listener: EngineListener;
  readonly #clock: Clock;
  readonly #sender: Sender;
  readonly #lists: Lists;
  readonly #budget: StagingBudget;
  readonly #sessions: Session[] = [];
  readonly #stager: Stager;
  readonly #opened = Promise.withResolvers<Session>();
  /** The taking over that is under way, or was the last. */
  #takingOver: Promise<unknown> = Promise.resolve();
  #cancelNext: () => void = () => undefined;

  constructor(store: ObjectStore, settings: EngineSettings, listener: EngineListener, clock: Clock) {
    this.#store = store;
    this.#settings = settings;
    this.#listener = listener;
    this.#clock = clock;
    this.#lists = new Lists(store);
    this.#budget = new StagingBudget(settings.maxStagedBytes);
    this.#opened.promise.catch(() => undefined);
    this.#sender = new Sender(store, settings, clock, {
      uploaded: (upload) => this.#stager.uploaded(upload),
      failed: (upload, error) => this.#stager.failed(upload, error),
      forgotten: ({ upload }) => this.#budget.give(upload.size),
      report: (error) => this.#listener.report(error),
      progress: ({ upload }, bytes) =>
        this.#listener.progress({ name: upload.name, direction: "up", bytes, total: upload.size }),
    });
    const session = this.#opened.promise;
    this.#stager = new Stager({
      store,
      session,
      sender: this.#sender,
      budget: this.#budget,
      clock,
      listener,
      mayWait: settings.hasOwnThread,
    });
  }

  async open(): Promise<EngineStart> {
    try {
      const { stagingFolder, finishOnly } = this.#settings;
      const uri = this.#store.uri("");
      const folder = await StagingFolder[finishOnly ? "open" : "make"](stagingFolder, uri);
      const own = await folder.newSession();
      this.#sessions.push(own);
      const left = await this.#takeOver(folder, own);
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
    this.#stager.stage(order);
  }

  async flush(): Promise<void> {
    await this.#stager.idle();
  }

  async drain(signal: AbortSignal): Promise<void> {
    await this.flush();
    await this.#sender.idle(signal);
  }

  async close(): Promise<void> {
    this.#stager.hurry();
    await this.#takingOver;
    this.#cancelNext();
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

  /** @returns how many uploads others left, which are in the queue now */
  async #takeOver(folder: StagingFolder, own: Session): Promise<number> {
    const { sessions, isUndecided } = await folder.takeOver(own);
    this.#sessions.push(...sessions);
    // A container that was started anew at once comes before anybody can tell that its process has ended.
    if (isUndecided && !this.#settings.finishOnly) {
      this.#cancelNext = this.#clock.alarm(DEAD_AFTER, () => {
        this.#takingOver = this.#takeOver(folder, own).catch((error: Error) => this.#listener.report(error));
      });
    }
    const left = sessions.flatMap((session) => session.kept);
    left.sort((a, b) => comparePositions(a.upload, b.upload));
    for (const kept of left) {
      kept.isLeft = true;
      this.#budget.take(kept.upload.size);
      this.#sender.add({ kept, key: undefined, isStaged: true, failures: 0, dueAt: 0 });
    }
    return left.filter(({ discarded }) => !discarded).length;
  }
}
