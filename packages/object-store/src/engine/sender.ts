import { isMlogError } from "@mlog/core";
import type { ObjectStore } from "../object-store.ts";
import type { KeptUpload } from "../staging/kept-upload.ts";
import { Slots } from "../slots.ts";
import { UploadError } from "../upload-error.ts";
import { pauseAfter } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { checkStore } from "./store-check.ts";
import { StoreHealth } from "./store-health.ts";
import { drop, type Requests, send } from "./transfer.ts";
import { type QueuedUpload, UploadQueue } from "./upload-queue.ts";
import { retryAfterOf, verdictOn } from "./verdict.ts";

/** Who hears what becomes of uploads. */
export interface SenderListener {
  uploaded(upload: QueuedUpload): void;
  failed(upload: QueuedUpload, error: Error): void;
  /** Its copy takes no space any more. */
  forgotten(kept: KeptUpload): void;
  report(error: Error): void;
  progress(kept: KeptUpload, bytes: number): void;
}

/** How a {@link Sender} works. */
export interface SenderSettings {
  readonly concurrency: number;
  /** In ms. */
  readonly requestTimeout: number;
}

/** Sends what is in the queue, for as long as it takes: this is the one place that retries. */
export class Sender {
  readonly #clock: Clock;
  readonly #listener: SenderListener;
  readonly #queue: UploadQueue;
  readonly #health: StoreHealth;
  readonly #requests: Requests;
  readonly #stopped = new AbortController();
  /** Attempts under way, and the dropping of what has not to arrive. */
  readonly #tasks: Set<Promise<void>> = new Set();
  /** Work that is not in the queue. */
  #besides = 0;
  #idle = Promise.withResolvers<void>();
  #alarm = new AbortController();
  #isBegun = false;

  constructor(store: ObjectStore, settings: SenderSettings, clock: Clock, listener: SenderListener) {
    const { concurrency, requestTimeout } = settings;
    this.#clock = clock;
    this.#listener = listener;
    this.#queue = new UploadQueue(clock);
    this.#health = new StoreHealth(clock, concurrency, (error) => listener.report(error));
    this.#requests = {
      store,
      known: new Set(),
      clock,
      slots: new Slots(concurrency),
      concurrency,
      timeout: requestTimeout,
      signal: this.#stopped.signal,
      onProgress: (kept, bytes) => listener.progress(kept, bytes),
    };
  }

  has(name: string): boolean {
    return this.#queue.has(name);
  }

  /** Whether what is added would be sent at once, if others are not in its way. */
  get isSending(): boolean {
    return this.#isBegun && !this.#stopped.signal.aborted && this.#health.isWell;
  }

  begin(): void {
    this.#isBegun = true;
    this.#sendSome();
  }

  /** Tries whether the store takes a small object. */
  check(): Promise<void> {
    const checked = this.#check();
    this.#spawn(checked);
    return checked;
  }

  /** Takes an upload, which replaces an earlier one of its name. */
  add(upload: QueuedUpload): void {
    if (upload.kept.discarded) return this.#spawn(this.#drop(upload.kept));
    const superseded = this.#queue.add(upload);
    if (superseded !== undefined) this.supersede(superseded);
    this.#sendSome();
  }

  /** The upload has not to be sent, because of a later one. */
  supersede(upload: QueuedUpload): void {
    const { name } = upload.kept.upload;
    const message = `a later upload of ${name} came before this one was sent`;
    this.#fail(upload, new UploadError("UPLOAD_SUPERSEDED", message));
  }

  /** The upload has not to arrive, since its file cannot be copied; an attempt that is under way may still bring it. */
  refuse(upload: QueuedUpload, reason: Error): void {
    if (this.#queue.withdraw(upload)) this.#fail(upload, reason);
  }

  /** Resolves when nothing waits any more, or at `signal`. */
  async idle(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const abort = (): void => aborted.resolve();
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    while (!this.#isIdle && !signal.aborted) await Promise.race([this.#idle.promise, aborted.promise]);
    signal.removeEventListener("abort", abort);
  }

  /** Ends what is under way; what has not arrived stays in the journal. */
  async stop(): Promise<void> {
    this.#stopped.abort(new UploadError("UPLOADS_LEFT", "the uploads go on with the next start"));
    this.#alarm.abort();
    await Promise.all(this.#tasks);
  }

  get #isIdle(): boolean {
    return this.#queue.isEmpty && this.#besides === 0;
  }

  #sendSome(): void {
    if (!this.#isBegun || this.#stopped.signal.aborted) return;
    while (this.#queue.running < this.#health.limit && this.#health.blockedUntil <= this.#clock.now()) {
      const upload = this.#queue.take();
      if (upload === undefined) break;
      this.#spawn(this.#attempt(upload));
    }
    this.#setAlarm();
  }

  #setAlarm(): void {
    // Without a reason it would make an error with its stack.
    this.#alarm.abort(null);
    if (this.#isIdle) {
      this.#idle.resolve();
      this.#idle = Promise.withResolvers();
      return;
    }
    if (this.#queue.running >= this.#health.limit) return;
    const due = Math.max(this.#health.blockedUntil, this.#queue.hasFresh ? 0 : this.#queue.nextDue);
    if (due === Infinity) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    void this.#clock.sleep(Math.max(0, due - this.#clock.now()), alarm.signal).then(() => {
      if (!alarm.signal.aborted) this.#sendSome();
    });
  }

  async #attempt(upload: QueuedUpload): Promise<void> {
    const { kept } = upload;
    const { steps } = kept;
    try {
      await send(kept, this.#requests);
    } catch (error) {
      if (kept.steps > steps) {
        upload.failures = 0;
        this.#storeAnswers();
      }
      if (!this.#stopped.signal.aborted) this.#afterFailure(upload, error);
      return;
    }
    kept.copying?.stop();
    this.#storeAnswers();
    // Others need not wait until that is written down; of the same name they have to.
    this.#queue.arrived(upload);
    this.#sendSome();
    await this.#forget(kept);
    this.#queue.end(upload);
    this.#listener.uploaded(upload);
    await this.#clear(kept);
  }

  #storeAnswers(): void {
    if (this.#health.succeed()) this.#queue.wake();
  }

  #afterFailure(upload: QueuedUpload, error: unknown): void {
    const failed = upload.kept.copying?.failed;
    const verdict = failed?.aborted === true ? "fail" : verdictOn(error);
    if (verdict === "fail") {
      this.#queue.end(upload);
      this.#fail(upload, (failed?.reason ?? error) as Error);
      return;
    }
    upload.failures++;
    this.#health.fail(error, verdict, this.#queue.size);
    const superseded = this.#queue.rest(
      upload,
      pauseAfter(upload.failures, this.#clock, retryAfterOf(error)),
    );
    if (superseded !== undefined) this.supersede(superseded);
  }

  #fail(upload: QueuedUpload, error: Error): void {
    upload.kept.copying?.stop();
    this.#listener.failed(upload, error);
    this.#spawn(this.#drop(upload.kept));
  }

  async #check(): Promise<void> {
    const { store, signal } = this.#requests;
    this.#besides++;
    try {
      await checkStore(store, this.#clock, signal);
    } catch (error) {
      const verdict = verdictOn(error);
      if (verdict === "park" && !signal.aborted) this.#health.fail(error, verdict, this.#queue.size);
      // What may pass is nobody's trouble yet.
      else if (verdict !== "again" || isMlogError(error, "CHECK_NOT_REMOVED"))
        this.#listener.report(error as Error);
    }
    this.#besides--;
  }

  /** Makes sure that an upload which has not to arrive leaves nothing, here and there. */
  async #drop(kept: KeptUpload): Promise<void> {
    const { signal } = this.#stopped;
    this.#besides++;
    if (!kept.discarded) await kept.record({ type: "discarded", id: kept.upload.id }).catch(() => undefined);
    for (let failures = 1; ; failures++) {
      const { steps } = kept;
      try {
        await drop(kept, this.#requests);
        await this.#forget(kept);
        await this.#clear(kept);
        break;
      } catch (error) {
        if (signal.aborted) break;
        if (isMlogError(error, "UPLOAD_GONE")) kept.multipart = undefined;
        if (kept.steps > steps) failures = 1;
        await this.#clock.sleep(pauseAfter(failures, this.#clock, retryAfterOf(error)), signal);
      }
    }
    this.#besides--;
  }

  /** The upload is done with. That this cannot be written down costs a request at the next start. */
  async #forget(kept: KeptUpload): Promise<void> {
    await kept.session.done(kept).catch((error: unknown) => this.#listener.report(error as Error));
  }

  /** Its copy goes; nobody has to wait for that. */
  async #clear(kept: KeptUpload): Promise<void> {
    await kept.session.removeCopy(kept).catch((error: unknown) => this.#listener.report(error as Error));
    this.#listener.forgotten(kept);
  }

  #spawn(work: Promise<void>): void {
    const task = work.finally(() => {
      this.#tasks.delete(task);
      this.#sendSome();
    });
    this.#tasks.add(task);
  }
}
