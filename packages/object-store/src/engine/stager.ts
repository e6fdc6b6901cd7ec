import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import type { ObjectStore } from "../object-store.ts";
import type { Session } from "../staging/session.ts";
import { SourceCopying } from "../staging/source-copying.ts";
import type { SourceFile } from "../staging/source-file.ts";
import { copyLater, stageFile, stagingError } from "../staging/stage-file.ts";
import type { StagedUpload } from "../staging/staged-upload.ts";
import { UploadError } from "../upload-error.ts";
import type { Clock } from "./clock.ts";
import type { EngineListener, UploadOrder } from "./engine.ts";
import { partSizeFor } from "./part-size.ts";
import type { Sender } from "./sender.ts";
import type { StagingBudget } from "./staging-budget.ts";
import { comparePositions, type Position, type QueuedUpload } from "./upload-queue.ts";

/** What files are staged with. */
export interface StagerMeans {
  readonly store: ObjectStore;
  readonly session: Promise<Session>;
  readonly sender: Sender;
  readonly budget: StagingBudget;
  readonly clock: Clock;
  readonly listener: EngineListener;
  /** Whether the thread may wait for a small file to be read. */
  readonly mayWait: boolean;
}

/** Files of one name that are being staged. */
interface Staging {
  count: number;
  /** Of those that were staged meanwhile, the last. */
  latest: Position | undefined;
}

/** Files that are copied or read at a time. */
const STAGED_AT_ONCE = 8;
/** Copies of files of so many bytes or less share a file. */
const SMALL = 256 * 1024;
/** A file that is sent meanwhile is not copied before it might have arrived at that pace, in bytes per ms. */
const FAST = 2 * 1024 * 1024;
/** It does not wait for longer, in ms. */
const LONGEST_HEAD_START = 1000;

/**
 * Takes files over: copies them, writes them into the journal, and hands them to the sender. Large ones are
 * handed to the sender first, and copied while they are sent, for the case that this takes longer.
 */
export class Stager {
  readonly #means: StagerMeans;
  readonly #waiting: { readonly order: UploadOrder; readonly position: Position }[] = [];
  /** Of files that are not safe yet, in the order of their coming. */
  readonly #unsafe: Set<Position> = new Set();
  readonly #names: Map<string, Staging> = new Map();
  #safe = Promise.withResolvers<void>();
  #running = 0;
  readonly #hurry = new AbortController();
  #order = 0;

  constructor(means: StagerMeans) {
    this.#means = means;
  }

  /** The listener is told what becomes of it. */
  stage(order: UploadOrder): void {
    const { name } = order;
    const { listener, sender, clock } = this.#means;
    const others = this.#names.get(name);
    if (!order.overwrite && (others !== undefined || sender.has(name))) {
      const message = `an upload of ${name} is under way, and this one may not replace it: wait for it, or set overwrite`;
      listener.failed(order.key, new UploadError("UPLOAD_IN_QUEUE", message), false);
      return;
    }
    const position = { time: clock.now(), order: this.#order++ };
    const staging = others ?? { count: 0, latest: undefined };
    staging.count++;
    this.#names.set(name, staging);
    this.#unsafe.add(position);
    this.#waiting.push({ order, position });
    if (this.#running < STAGED_AT_ONCE) void this.#stageAll();
  }

  /** Resolves when every file that was handed over before is safe, or has failed. */
  async idle(): Promise<void> {
    const end = this.#order;
    for (let [first] = this.#unsafe; first !== undefined && first.order < end; [first] = this.#unsafe)
      await this.#safe.promise;
  }

  /** Nothing is sent any more: what is not copied is to be copied at once. */
  hurry(): void {
    this.#hurry.abort(null);
  }

  /** To be told by the sender. */
  uploaded(upload: QueuedUpload): void {
    const { store, listener } = this.#means;
    const { name, size } = upload.kept.upload;
    this.#tellStaged(upload);
    listener.uploaded(upload.key, { name, size, uri: store.uri(name) });
  }

  /** To be told by the sender. */
  failed(upload: QueuedUpload, error: Error): void {
    // Unless that is why it fails, nobody has to keep the file for it any more.
    const isStaged = upload.kept.copying?.failed.aborted !== true;
    if (isStaged) this.#tellStaged(upload);
    this.#means.listener.failed(upload.key, error, isStaged);
  }

  #tellStaged(upload: QueuedUpload): void {
    if (upload.isStaged || upload.key === undefined) return;
    upload.isStaged = true;
    this.#means.listener.staged(upload.key);
  }

  /** Takes one file after the other, as long as any wait. */
  async #stageAll(): Promise<void> {
    this.#running++;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { order, position } = next;
      const staging = this.#names.get(order.name)!;
      const end = (): void => {
        if (--staging.count === 0) this.#names.delete(order.name);
        this.#unsafe.delete(position);
        this.#safe.resolve();
        this.#safe = Promise.withResolvers();
      };
      const write = await this.#stage(order, position, staging);
      // Others are read meanwhile: what is written together is synced together.
      if (write === undefined) end();
      else void write().finally(end);
    }
    this.#running--;
  }

  /** Never rejects. @returns what is to be done yet, if anything is */
  async #stage(
    order: UploadOrder,
    position: Position,
    staging: Staging,
  ): Promise<(() => Promise<void>) | undefined> {
    const { key, path } = order;
    const { budget, listener } = this.#means;
    let reserved = 0;
    const reserve = (size: number): void => {
      budget.reserve(size, path);
      reserved = size;
    };
    const fail = (error: unknown): void => {
      budget.give(reserved);
      listener.failed(key, stagingError(error, path), false);
    };
    try {
      const session = await this.#means.session;
      const staged = await this.#take(order, position, staging, session, reserve);
      // It was sent, or failed, on the way.
      if (staged === undefined) return undefined;
      return async () => {
        try {
          const kept = await session.add(staged.upload, staged.bytes);
          const upload = { kept, key, isStaged: false, failures: 0, dueAt: 0 };
          this.#tellStaged(upload);
          this.#hand(upload, staging);
        } catch (error) {
          fail(error);
        }
      };
    } catch (error) {
      fail(error);
      return undefined;
    }
  }

  async #take(
    { key, name, path, overwrite }: UploadOrder,
    position: Position,
    staging: Staging,
    session: Session,
    reserve: (size: number) => void,
  ): Promise<{ upload: StagedUpload; bytes: Uint8Array | undefined } | undefined> {
    const { store, sender } = this.#means;
    const isAlone = (): boolean => staging.count === 1 && !sender.has(name) && sender.isSending;
    await session.packs.room();
    const id = randomUUID().replaceAll("-", "");
    const copy = join(session.path, id);
    const { bytes, uncopied, ...file } = await stageFile(path, copy, {
      checksum: store.checksum ?? "crc32",
      partSize: (size) => partSizeFor(size, store),
      readUpTo: SMALL,
      mayWait: this.#means.mayWait,
      reserve,
      copiesLater: isAlone(),
    });
    const upload = { ...file, id, name, overwrite, ...position };
    try {
      if (uncopied !== undefined) {
        if (isAlone()) {
          await this.#sendAndCopy(key, upload, uncopied, staging, session);
          return undefined;
        }
        await copyLater(uncopied, copy, file);
      }
      return { upload, bytes };
    } finally {
      await uncopied?.close();
    }
  }

  /**
   * Sends a file from where it is, and copies it for the case that this takes longer.
   * @throws the errors of `node:fs`, before it is handed to the sender
   */
  async #sendAndCopy(
    key: number,
    file: StagedUpload,
    source: SourceFile,
    staging: Staging,
    session: Session,
  ): Promise<void> {
    const { clock, sender } = this.#means;
    const copying = new SourceCopying(source);
    const kept = await session.addUncopied(file, copying);
    const upload = { kept, key, isStaged: false, failures: 0, dueAt: 0 };
    this.#hand(upload, staging);
    const over = AbortSignal.any([copying.stopped, this.#hurry.signal]);
    try {
      const headStart = Math.min(LONGEST_HEAD_START, Math.floor(file.size / FAST));
      if (headStart > 0) await clock.sleep(headStart, over);
      await copyLater(source, kept.copyPath, file, copying.stopped);
      copying.stopped.throwIfAborted();
      await kept.record({ type: "copied", id: file.id });
      kept.copying = undefined;
      this.#tellStaged(upload);
    } catch (error) {
      if (copying.stopped.aborted) return;
      const reason = stagingError(error, source.path);
      copying.fail(reason);
      sender.refuse(upload, reason);
    } finally {
      copying.end();
    }
    // The attempt that is under way needs the file to be open.
    if (copying.failed.aborted && !over.aborted) await once(over, "abort");
  }

  /** Has an upload sent, unless a later one of its name has been handed over for that before. */
  #hand(upload: QueuedUpload, staging: Staging): void {
    const { sender } = this.#means;
    const position = upload.kept.upload;
    if (staging.latest !== undefined && comparePositions(staging.latest, position) > 0) {
      sender.supersede(upload);
      return;
    }
    staging.latest = position;
    sender.add(upload);
  }
}
