import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { realFiles, type FileFunctions } from "./file-functions.ts";
import { InThreadWriter } from "./in-thread-writer.ts";
import { JournalError } from "./journal-error.ts";
import { openFile, type OpenMode } from "./journal-file.ts";
import type { RecordWriter, RowLayout } from "./record-writer.ts";
import { createRing, Ring } from "./ring.ts";
import { WorkerWriter } from "./worker-writer.ts";
import { report, type WriterOptions } from "./writer-options.ts";

/** How {@link openJournal} opens its file. */
export interface JournalOptions {
  /** How numeric rows become lines. */
  readonly rows: RowLayout;
  /**
   * What survives what. In every mode a process that ends by itself loses nothing.
   * - `"buffered"` (the default): another thread writes; SIGKILL loses at most the last 20 ms
   * - `"disk"`: the same, and what is written is synced to the disk in groups, at most 100 ms later
   * - `"record"`: each append is written before it returns, on the calling thread; SIGKILL loses nothing
   */
  readonly durability?: "buffered" | "record" | "disk";
  /**
   * - `"create"` (the default): the file must not exist yet
   * - `"append"`: goes on behind the last complete line; an incomplete one is cut off first
   * - `"truncate"`: starts with an empty file whatever was there
   */
  readonly mode?: OpenMode;
  /** The memory in which records may wait, in bytes; beyond it they are refused. Default: 16 MiB. */
  readonly bufferBytes?: number;
  /** Told once of each kind of trouble, until it is over. Never called from within an append. */
  readonly onError?: (error: JournalError) => void;
  /**
   * For tests: replaces functions of `node:fs`. The path or URL of a module that exports them reaches
   * the worker too; an object cannot, so that the calling thread then does the writing.
   */
  readonly fs?: Partial<FileFunctions> | string | URL;
}

/**
 * Opens the journal at `path` for appending, and makes its folder where that is missing. All that can
 * be wrong with the path shows here, synchronously.
 * @throws JournalError `FILE_EXISTS` in mode `"create"`, `OPEN_FAILED` for everything else that the
 *   system refuses, `INVALID_ARGUMENT` for a `bufferBytes` out of range
 */
export function openJournal(path: string, options: JournalOptions): RecordWriter {
  const durability = options.durability ?? "buffered";
  const filesModule = moduleUrl(options.fs);
  const files: FileFunctions = { ...realFiles, ...replacements(options.fs, filesModule) };
  const ring = new Ring(createRing(options.bufferBytes ?? 16 * 1024 * 1024));
  const { fd, bytes } = openFile(path, options.mode ?? "create", files);
  ring.startAt(bytes);
  const writerOptions: WriterOptions = {
    path,
    fd,
    bytes,
    newIn: bytes === 0 ? dirname(path) : undefined,
    rows: options.rows,
    files,
    filesModule,
    ring,
    syncAlways: durability === "disk",
    onError: options.onError ?? (() => {}),
  };
  const inThread = durability === "record" || (typeof options.fs === "object" && filesModule === undefined);
  if (inThread) return new InThreadWriter(writerOptions, durability === "record");
  try {
    return new WorkerWriter(writerOptions);
  } catch (cause) {
    const message = `no thread can be started to write ${JSON.stringify(path)}; the calling thread writes instead`;
    report(writerOptions, new JournalError("WORKER_FAILED", message, { cause }));
    return new InThreadWriter(writerOptions, false);
  }
}

function moduleUrl(fs: JournalOptions["fs"]): string | undefined {
  if (fs instanceof URL) return fs.href;
  return typeof fs === "string" ? pathToFileURL(fs).href : undefined;
}

// openJournal is synchronous, so the module cannot be imported; `require` loads modules as well.
function replacements(fs: JournalOptions["fs"], module: string | undefined): Partial<FileFunctions> {
  if (module === undefined) return (fs ?? {}) as Partial<FileFunctions>;
  return createRequire(import.meta.url)(fileURLToPath(module)) as Partial<FileFunctions>;
}
