import { dirname } from "node:path";
import type { FileFunctions } from "./file-functions.ts";
import { JournalError } from "./journal-error.ts";
import { repairOpenFile } from "./repair-lines.ts";

/** How a file is opened. See `JournalOptions.mode`. */
export type OpenMode = "create" | "append" | "truncate";

/** An open file and where writing begins. */
export interface OpenFile {
  readonly fd: number;
  readonly bytes: number;
}

/** Opens the file of a journal, and makes its folder; throws a coded {@link JournalError}. */
export function openFile(path: string, mode: OpenMode, files: FileFunctions): OpenFile {
  const file = JSON.stringify(path);
  try {
    files.mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw new JournalError("OPEN_FAILED", `cannot make the folder of ${file}: ${String(cause)}`, { cause });
  }
  let fd: number | undefined;
  try {
    fd = openDescriptor(path, mode, files);
    return { fd, bytes: mode === "append" ? repairOpenFile(fd, files).bytes : 0 };
  } catch (cause) {
    if (fd !== undefined) files.closeSync(fd);
    if (errorCode(cause) === "EEXIST" && mode === "create") {
      const advice = `open it with mode "append" to go on behind it, or "truncate" to start anew`;
      throw new JournalError("FILE_EXISTS", `${file} exists already; ${advice}`, { cause });
    }
    throw new JournalError("OPEN_FAILED", `cannot open ${file} for appending: ${String(cause)}`, { cause });
  }
}

// Not O_APPEND: a write that failed half-way is repeated at the same position, so no line ever tears.
function openDescriptor(path: string, mode: OpenMode, files: FileFunctions): number {
  if (mode === "create") return files.openSync(path, "wx+");
  if (mode === "truncate") return files.openSync(path, "w+");
  try {
    return files.openSync(path, "r+");
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    return files.openSync(path, "wx+");
  }
}

/** The code that the operating system gave an error, such as `ENOSPC`. */
export function errorCode(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "UNKNOWN";
}

/** Writes the first `length` bytes at `position`; throws what the operating system says. */
export function writeFully(
  files: FileFunctions,
  fd: number,
  bytes: Uint8Array,
  length: number,
  position: number,
): void {
  let done = 0;
  while (done < length) {
    const written = files.writeSync(fd, bytes, done, length - done, position + done);
    if (written === 0) throw Object.assign(new Error("the file takes no more bytes"), { code: "ENOSPC" });
    done += written;
  }
}

/** Syncs what was written, and with `folder` the entry of a new file in it. */
export function syncFully(files: FileFunctions, fd: number, folder: string | undefined): void {
  files.fdatasyncSync(fd);
  if (folder === undefined || process.platform === "win32") return;
  const directory = files.openSync(folder, "r");
  try {
    files.fsyncSync(directory);
  } finally {
    files.closeSync(directory);
  }
}

/**
 * Writes the bytes from `start` to `end` once more, as the operating system still holds them: after a
 * failed sync it takes its pages for clean, so that the next sync would succeed without them.
 */
export function rewrite(files: FileFunctions, fd: number, start: number, end: number): void {
  const block = Buffer.allocUnsafe(Math.min(1024 * 1024, end - start));
  for (let at = start; at < end;) {
    const read = files.readSync(fd, block, 0, Math.min(block.length, end - at), at);
    if (read === 0) return;
    writeFully(files, fd, block, read, at);
    at += read;
  }
}
