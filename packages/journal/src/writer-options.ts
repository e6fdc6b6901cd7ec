import type { FileFunctions } from "./file-functions.ts";
import { JournalError } from "./journal-error.ts";
import type { RowLayout } from "./record-writer.ts";
import type { Failure } from "./ring-consumer.ts";
import type { Ring } from "./ring.ts";

/** What every writer needs. The file is open already, and the ring knows where it ends. */
export interface WriterOptions {
  readonly path: string;
  readonly fd: number;
  /** The size of the file when it was opened. */
  readonly bytes: number;
  /** The folder of the file, if the file is new. */
  readonly newIn: string | undefined;
  readonly rows: RowLayout;
  readonly files: FileFunctions;
  /** The URL of the module that `files` came from, if not from `node:fs`. */
  readonly filesModule: string | undefined;
  readonly ring: Ring;
  /** Sync in groups of at most 100 ms. */
  readonly syncAlways: boolean;
  onError(error: JournalError): void;
}

/** Tells the user of an error, later: never from within a call that appends, and never throwing into it. */
export function report(options: WriterOptions, error: JournalError): void {
  queueMicrotask(() => {
    try {
      options.onError(error);
    } catch {
      // The report itself failed; there is nobody else to tell.
    }
  });
}

/** The error for a failure that was told in plain data, perhaps by another thread. */
export function failureError(path: string, failure: Failure, lost = 0): JournalError {
  if (failure.action === "watch") {
    const message = `something else changes ${JSON.stringify(path)} (${failure.message}); writing goes on at its end`;
    return new JournalError("FILE_CHANGED", message);
  }
  const cause = Object.assign(new Error(failure.message), { code: failure.code });
  const what = failure.action === "write" ? "written" : "synced";
  const then = lost === 0 ? "it is tried again while the process lives" : `${lost} records are lost`;
  const message = `${JSON.stringify(path)} cannot be ${what} (${failure.message}); ${then}`;
  return new JournalError("WRITE_FAILED", message, { cause });
}
