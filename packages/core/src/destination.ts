import type { Event } from "./event.ts";
import type { Histogram, ImageBatch, Metrics, Stamp, Table } from "./records.ts";
import type { PlainRecord } from "./plain-value.ts";
import type { State } from "./state.ts";

/** A file on its way to the destinations that take files. */
export interface UploadRequest {
  /** Where the file shall be, with `/` between its segments; already formatted and checked. */
  readonly remoteFileName: string;
  /** The local file. */
  readonly filePath: string;
  /** Replace what is there; otherwise a file that is already there is an error. */
  readonly overwrite: boolean;
}

/** How a download shall go. */
export interface TransferOptions {
  /** Replace the local file if there is one. Default: false, and an existing file is an error. */
  overwrite?: boolean;
  signal?: AbortSignal;
  /** Called with the bytes received so far and, where known, their final number. */
  onProgress?(bytes: number, total?: number): void;
}

/** A file that a destination holds. */
export interface RemoteFile {
  /** The `name` of the destination that holds it. */
  readonly destination: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly uri?: string;
}

/**
 * The two moments of an upload. It is not a promise itself, so that nobody awaits an upload in a
 * training loop by accident; both promises may be ignored (no unhandled rejection).
 */
export interface Upload {
  /** The source file may be changed or deleted from now on. */
  readonly staged: Promise<void>;
  /** The file has arrived, once per destination that took it. */
  readonly uploaded: Promise<readonly RemoteFile[]>;
}

/** What became of the records that a destination was handed. */
export interface Delivery {
  /** Records (calls) that are where they belong. */
  readonly delivered: number;
  /** Records that are accepted and not yet there. */
  readonly pending: number;
  /** Records that are lost. */
  readonly dropped: number;
  /** Where pending records wait, for whoever finishes them. */
  readonly resumeFrom?: string;
}

/** All that a destination may use of its run. */
export interface RunContext {
  readonly state: Readonly<State>;
  /** Hands a file to the destinations that take files; see {@link Logger.uploadFile}. */
  uploadFile(remoteFileName: string, filePath: string | URL, options?: { overwrite?: boolean }): Upload;
  hasFileUploadDestination(): boolean;
  /**
   * Tells the logger's `onError`, and no more: what is lost makes `flush()` or `close()` of the
   * destination reject. Never throws.
   */
  report(error: unknown): void;
}

/**
 * Where a {@link Logger} sends what it is handed. Every method is optional but `name` and
 * `specVersion`.
 *
 * A `log*` method returns at once, keeps nothing that the caller may change (a `Metrics` view is
 * valid only during the call; everything else is frozen and may be kept) and does not throw for
 * trouble of its own: it calls {@link RunContext.report}. What it throws all the same is caught,
 * reported and counted, and reaches neither the loop nor another destination.
 */
export interface LoggerDestination {
  /** Shown in errors and results, such as `"file"`. */
  readonly name: string;
  readonly specVersion: 1;
  /**
   * Called once, by the constructor of `Logger`. A synchronous throw is misconfiguration, and
   * `new Logger` throws it. While a returned promise is pending, calls are held and then delivered.
   */
  init?(run: RunContext): void | Promise<void>;
  logHyperparameters?(hyperparameters: PlainRecord, stamp: Stamp): void;
  logMetrics?(metrics: Metrics, stamp: Stamp): void;
  logTable?(table: Table, stamp: Stamp): void;
  logImages?(images: ImageBatch, stamp: Stamp): void;
  logHistogram?(histogram: Histogram, stamp: Stamp): void;
  logTraces?(traces: PlainRecord, stamp: Stamp): void;
  onEvent?(event: Event, stamp: Stamp): void;
  /** Its presence means: this destination takes files. */
  uploadFile?(request: UploadRequest, stamp: Stamp): Upload;
  /** Rejects with the code `FILE_NOT_FOUND` if it does not hold the file. */
  downloadFile?(remoteFileName: string, path: string, options: TransferOptions): Promise<void>;
  listFiles?(prefix: string, signal?: AbortSignal): AsyncIterable<RemoteFile>;
  /**
   * Resolves when everything handed over before the call is safe; rejects if some of it is not,
   * and never early.
   */
  flush?(signal?: AbortSignal): Promise<void>;
  /** Phase 1 of closing: the destination may still hand over files. */
  close?(reason: { readonly error?: unknown }): Promise<void>;
  /** Phase 2 of closing: drain. Called only if phase 1 succeeded. */
  postClose?(signal: AbortSignal): Promise<void>;
  /** Answered at any time, even while the methods above hang. */
  delivery?(): Delivery;
}
