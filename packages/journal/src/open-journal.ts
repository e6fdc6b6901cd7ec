import { dirname } from "node:path";
import { realFiles, type FileFunctions } from "./file-functions.ts";
import { InThreadWriter } from "./in-thread-writer.ts";
import { JournalError } from "./journal-error.ts";
import type { RecordWriter, RowLayout } from "./record-writer.ts";
import { repairOpenFile } from "./repair-lines.ts";

/** How {@link openJournal} opens its file. */
export interface JournalOptions {
  /** How numeric rows become lines. */
  readonly rows: RowLayout;
  /**
   * What survives what. In every mode a process that ends by itself loses nothing.
   * - `"buffered"` (the default): another thread writes; SIGKILL loses at most the last 20 ms
   * - `"disk"`: the same, and at most 100 ms pass before written records are synced to the disk
   * - `"record"`: each append is written before it returns, on the calling thread; SIGKILL loses nothing
   */
  readonly durability?: "buffered" | "record" | "disk";
  /**
   * - `"create"` (the default): the file must not exist yet
   * - `"append"`: goes on behind the last complete line; an incomplete one is cut off first
   * - `"truncate"`: starts with an empty file whatever was there
   */
  readonly mode?: "create" | "append" | "truncate";
  /** The most memory that records may wait in, in bytes; beyond it they are refused. Default: 16 MiB. */
  readonly bufferBytes?: number;
  /** Told of each kind of trouble once until it is over; never throws into the caller. Default: ignored. */
  readonly onError?: (error: JournalError) => void;
  /**
   * For tests: replaces functions of `node:fs`. An object is used on the calling thread, so that
   * thread then does the writing; the path or URL of a module that exports them reaches the worker too.
   */
  readonly fs?: Partial<FileFunctions> | string | URL;
}

/**
 * Opens the journal at `path` for appending, and makes its folder where that is missing. Everything
 * that can be wrong with the path shows here, synchronously.
 * @throws JournalError `FILE_EXISTS` in mode `"create"`, `OPEN_FAILED` for everything else
 */
export function openJournal(path: string, options: JournalOptions): RecordWriter {
  const files = {
    ...realFiles,
    ...(typeof options.fs === "object" ? options.fs : undefined),
  } as FileFunctions;
  const mode = options.mode ?? "create";
  let fd: number;
  let bytes = 0;
  try {
    files.mkdirSync(dirname(path), { recursive: true });
    fd = open(path, mode, files);
    if (mode === "append") bytes = repairOpenFile(fd, files).bytes;
  } catch (cause) {
    throw openError(path, mode, cause);
  }
  return new InThreadWriter(fd, bytes, files, {
    rows: options.rows,
    bufferBytes: options.durability === "record" ? 0 : 65_536,
    limitBytes: options.bufferBytes ?? 16 * 1024 * 1024,
    onError: options.onError ?? (() => {}),
  });
}

function open(path: string, mode: "create" | "append" | "truncate", files: FileFunctions): number {
  if (mode === "create") return files.openSync(path, "wx+");
  if (mode === "truncate") return files.openSync(path, "w+");
  try {
    return files.openSync(path, "r+");
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    return files.openSync(path, "wx+");
  }
}

function openError(path: string, mode: string, cause: unknown): JournalError {
  const code = (cause as { code?: unknown }).code;
  if (code === "EEXIST" && mode === "create") {
    return new JournalError(
      "FILE_EXISTS",
      `${JSON.stringify(path)} exists already; open it with mode "append" to go on, or "truncate" to start anew`,
      { cause },
    );
  }
  return new JournalError(
    "OPEN_FAILED",
    `cannot open ${JSON.stringify(path)} for appending: ${String(cause)}`,
    { cause },
  );
}
