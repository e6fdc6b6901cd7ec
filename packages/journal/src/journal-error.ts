/**
 * The codes of this package.
 * - `FILE_EXISTS`: mode `"create"`, and there is a file already
 * - `OPEN_FAILED`: the file or its folder cannot be made or opened
 * - `WRITE_FAILED`: writing or syncing fails now; what was accepted is kept and tried again
 * - `FILE_CHANGED`: something else appends to the file or has cut it; writing goes on at its end
 * - `WORKER_FAILED`: the writing thread cannot be started or has died; the calling thread writes
 * - `INVALID_ARGUMENT`: an option or a row that has the wrong shape
 */
export type JournalErrorCode =
  | "FILE_EXISTS"
  | "OPEN_FAILED"
  | "WRITE_FAILED"
  | "FILE_CHANGED"
  | "WORKER_FAILED"
  | "INVALID_ARGUMENT";

/**
 * Every error of this package. It carries the mark by which `isMlogError` of `@mlog/core` knows
 * it; `cause` is the error of the operating system, where there is one.
 */
export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    // Not a class field: a computed name has no place in an isolated declaration.
    Object.defineProperty(this, Symbol.for("mlog.error"), { value: true });
  }
}
