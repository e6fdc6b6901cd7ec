import { resolve } from "node:path";
import type {
  Delivery,
  LoggerDestination,
  RemoteFile,
  RunContext,
  TransferOptions,
  Upload,
  UploadRequest,
} from "@mlog/core";
import { isMlogError, MlogAggregateError } from "@mlog/core";
import type { Engine, EngineListener, LocatedObject, TransferProgress } from "./engine/engine.ts";
import { EngineThread } from "./engine/engine-thread.ts";
import { LocalEngine } from "./engine/local-engine.ts";
import type { EngineSettings } from "./engine/upload-engine.ts";
import { FilePaths } from "./file-paths.ts";
import { type ObjectStoreLoggerOptions, type Options, readOptions } from "./options.ts";
import { ProgressLine } from "./progress-line.ts";
import { UploadError } from "./upload-error.ts";
import { refusedUpload, UploadHandles } from "./upload-handles.ts";

/** Errors of staging that `flush()` throws again; further ones are only reported. */
const KEPT_ERRORS = 16;

/**
 * Uploads files to an object store. A file is copied aside and written into a journal, and then sent,
 * by a thread of its own, for as long as it takes: what is in the journal arrives exactly once, also if
 * the process is killed, when the next logger with the same staging folder starts.
 */
export class ObjectStoreLogger implements LoggerDestination {
  readonly name: string;
  readonly specVersion = 1;
  readonly #options: Options;
  readonly #handles = new UploadHandles();
  readonly #progressLine: ProgressLine | undefined;
  #run: RunContext | undefined;
  #paths: FilePaths | undefined;
  #engine: Engine | undefined;
  #closed: Promise<void> | undefined;
  #folder: string;
  #notStarted: Error | undefined;
  #notStaged: Error[] = [];
  /** Uploads that others left and that have not arrived. */
  #left = 0;
  #delivered = 0;
  #failed = 0;

  /** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT` */
  constructor(options: ObjectStoreLoggerOptions) {
    this.#options = readOptions(options);
    this.name = this.#options.name;
    this.#folder = resolve(this.#options.stagingFolder);
    const { showProgress = process.stderr.isTTY } = this.#options;
    this.#progressLine = showProgress ? new ProgressLine() : undefined;
  }

  /** Rejects if the staging folder cannot be used, or the store not be made. That the store takes nothing is told, and waited for. */
  async init(run: RunContext): Promise<void> {
    this.#run = run;
    this.#paths = new FilePaths(this.#options.filePathFormat, run.state);
    const engine = makeEngine(this.#options, this.#folder, {
      staged: (key) => this.#handles.staged(key),
      uploaded: (key, object) => this.#uploaded(key, object),
      failed: (key, error, wasStaged) => this.#notUploaded(key, error, wasStaged),
      report: (error) => run.report(error),
      progress: (progress) => this.#progress(progress),
    });
    this.#engine = engine;
    try {
      const { folder, left } = await engine.open();
      this.#folder = folder;
      this.#left += left;
      // That the thread has died is told by itself.
      if (this.#options.checkAtStart) engine.check().catch(() => undefined);
    } catch (error) {
      this.#notStarted = error as Error;
      await engine.close().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Takes a file. Until `staged` resolves it must stay as it is; from then on it may be changed or
   * deleted. Rejects both promises with a code if it cannot be staged.
   */
  uploadFile({ remoteFileName, filePath, overwrite }: UploadRequest): Upload {
    const { maxUploads } = this.#options;
    let name: string;
    try {
      if (this.#notStarted !== undefined) throw this.#notStarted;
      if (this.#handles.size >= maxUploads) {
        const message = `${maxUploads} uploads wait already (maxUploads): ${remoteFileName} is not taken`;
        throw new UploadError("TOO_MANY_UPLOADS", message);
      }
      name = this.#paths!.objectOf(remoteFileName);
    } catch (error) {
      this.#count(error as Error, false);
      return refusedUpload(error as Error);
    }
    const { key, upload } = this.#handles.make(remoteFileName);
    this.#engine!.upload({ key, name, path: resolve(filePath), overwrite });
    return upload;
  }

  /** @throws MlogError `FILE_NOT_FOUND`; UploadError `FILE_EXISTS`, `DOWNLOAD_FAILED`; what the store throws */
  async downloadFile(remoteFileName: string, path: string, options: TransferOptions): Promise<void> {
    const name = this.#paths!.objectOf(remoteFileName);
    const { overwrite = false, signal = new AbortController().signal } = options;
    const onProgress = (bytes: number, total: number): void => {
      options.onProgress?.(bytes, total);
      this.#progress({ name, direction: "down", bytes, total });
    };
    try {
      await this.#engine!.download({ name, path: resolve(path), overwrite }, onProgress, signal);
    } finally {
      this.#progressLine?.end(name);
    }
  }

  /** The files whose names begin with `prefix`, in order. */
  async *listFiles(prefix: string, signal?: AbortSignal): AsyncGenerator<RemoteFile, void, void> {
    const paths = this.#paths!;
    const start = paths.prefixOf(prefix);
    let next: number | undefined;
    try {
      do {
        signal?.throwIfAborted();
        const page = await this.#engine!.list(start, next);
        next = page.next;
        for (const { name: object, size, uri } of page.objects) {
          const name = paths.fileOf(object);
          if (name !== undefined) yield { destination: this.name, name, size, uri };
        }
      } while (next !== undefined);
    } finally {
      if (next !== undefined) await this.#engine!.endList(next);
    }
  }

  /** Where a file is or would be, such as `s3://bucket/prefix/name`. */
  async getUri(remoteFileName: string): Promise<string> {
    return this.#engine!.uri(this.#paths!.objectOf(remoteFileName));
  }

  /** Resolves when every file handed over before is staged and in the journal; rejects if one is not. */
  async flush(): Promise<void> {
    await this.#engine?.flush();
    this.#throwIfNotStaged();
  }

  /** Waits until everything has arrived, or for `signal`; what has not then waits in the staging folder. */
  postClose(signal: AbortSignal): Promise<void> {
    this.#closed ??= this.#drain(signal);
    return this.#closed;
  }

  /** Counts files: those that were replaced by a later one before they were sent are in none of the numbers. */
  delivery(): Delivery {
    const pending = this.#handles.size + this.#left;
    const counts = { delivered: this.#delivered, pending, dropped: this.#failed };
    return pending > 0 ? { ...counts, resumeFrom: this.#folder } : counts;
  }

  async #drain(signal: AbortSignal): Promise<void> {
    const engine = this.#engine;
    if (engine === undefined) return;
    try {
      await engine.drain(signal);
    } finally {
      await engine.close();
      this.#progressLine?.clear();
      this.#left += this.#handles.size;
      this.#handles.leave(this.#folder);
    }
    this.#throwIfNotStaged();
  }

  #uploaded(key: number | undefined, { size, uri }: LocatedObject): void {
    this.#delivered++;
    if (key === undefined) this.#forgetLeft();
    else this.#handles.uploaded(key, (name) => ({ destination: this.name, name, size, uri }));
  }

  #notUploaded(key: number | undefined, error: Error, wasStaged: boolean): void {
    if (key === undefined) this.#forgetLeft();
    else {
      const name = this.#handles.failed(key, error);
      if (name !== undefined) this.#progressLine?.end(this.#paths!.objectOf(name));
    }
    this.#count(error, wasStaged);
  }

  #count(error: Error, wasStaged: boolean): void {
    if (isMlogError(error, "UPLOAD_SUPERSEDED")) return;
    this.#failed++;
    if (!wasStaged && this.#notStaged.length < KEPT_ERRORS) this.#notStaged.push(error);
    this.#run!.report(error);
  }

  #forgetLeft(): void {
    // What was found later was not counted.
    if (this.#left > 0) this.#left--;
  }

  #throwIfNotStaged(): void {
    const errors = this.#notStaged;
    this.#notStaged = [];
    if (errors.length === 0) return;
    if (errors.length === 1) throw errors[0]!;
    throw new MlogAggregateError("STAGING_FAILED", errors, errors.map(({ message }) => message).join("; "));
  }

  #progress(progress: TransferProgress): void {
    this.#progressLine?.show(progress);
    try {
      this.#options.onProgress?.(progress);
    } catch (error) {
      this.#run!.report(error);
    }
  }
}

function makeEngine(options: Options, stagingFolder: string, listener: EngineListener): Engine {
  const { store, concurrency, maxStagedBytes, requestTimeout } = options;
  const settings: EngineSettings = {
    stagingFolder,
    finishOnly: false,
    concurrency,
    maxStagedBytes,
    requestTimeout,
    hasOwnThread: "module" in store,
  };
  return "module" in store
    ? new EngineThread(store, settings, listener)
    : new LocalEngine(store, settings, listener);
}
