import { rm } from "node:fs/promises";
import { UploadError } from "../upload-error.ts";
import { FileSums } from "./checksums.ts";
import { readSmallFile } from "./small-file.ts";
import { SourceFile } from "./source-file.ts";
import type { StagedFile } from "./staged-upload.ts";

/** How a file is staged. */
export interface StageOptions {
  readonly wantsMd5: boolean;
  /** The size of the parts that a file of `size` bytes is sent in; 0 for one request. */
  partSize(size: number): number;
  /** Files of so many bytes or less are read instead of copied. */
  readonly readUpTo: number;
  /** Whether the thread may wait for such a file to be read. */
  readonly mayWait: boolean;
  /** Called with the size before anything is copied; may throw. */
  reserve(size: number): void;
  /** A file that goes in parts and that cannot be cloned is only read, and may be sent before it is copied. */
  readonly copiesLater: boolean;
}

/** How often a file is read whose attributes, but not its bytes, seem to change meanwhile. */
const TRIES = 3;

/** A file that was copied, or was read into `bytes`, or is `uncopied` as yet. */
export interface ReadFile extends StagedFile {
  readonly bytes?: Buffer;
  readonly uncopied?: SourceFile;
}

/**
 * Copies a file to `target`, which the file system does by sharing the blocks if it can, syncs it and
 * adds it up. A file that is written to meanwhile is refused, and leaves no copy.
 *
 * @throws UploadError `SOURCE_...`, `STAGING_FULL`, `STAGING_FAILED`
 */
export async function stageFile(path: string, target: string, options: StageOptions): Promise<ReadFile> {
  const bytes = options.mayWait ? readSmallFile(path, options.readUpTo) : undefined;
  if (bytes !== undefined && options.partSize(bytes.length) === 0) {
    options.reserve(bytes.length);
    return sumUp(bytes, options);
  }
  const source = await SourceFile.open(path);
  let uncopied: SourceFile | undefined;
  try {
    options.reserve(source.size);
    for (let tries = 1; ; tries++) {
      const file = await readFile(source, target, options);
      if ((await source.isUntouched()) || tries === TRIES) {
        ({ uncopied } = file);
        return file;
      }
    }
  } catch (error) {
    await rm(target, { force: true });
    throw stagingError(error, path);
  } finally {
    if (uncopied === undefined) await source.close();
  }
}

function sumUp(bytes: Buffer, { wantsMd5 }: StageOptions): ReadFile {
  const sums = new FileSums(0, wantsMd5);
  sums.add(bytes);
  return { ...sums.file(), bytes };
}

async function readFile(source: SourceFile, target: string, options: StageOptions): Promise<ReadFile> {
  const { size } = source;
  const partSize = options.partSize(size);
  let sums = new FileSums(partSize, options.wantsMd5);
  const add = (chunk: Uint8Array): void => sums.add(chunk);
  if (size <= options.readUpTo && partSize === 0) return sumUp(await source.read(), options);
  if (await source.cloneTo(target, add)) return sums.file();
  sums = new FileSums(partSize, options.wantsMd5);
  if (partSize > 0 && options.copiesLater) {
    await source.readInto(add);
    return { ...sums.file(), uncopied: source };
  }
  await source.copyTo(target, add);
  return sums.file();
}

/**
 * Copies a file that was only read, and compares.
 *
 * @throws UploadError `SOURCE_CHANGED`, `STAGING_FULL`, `STAGING_FAILED`; the reason of `signal`
 */
export async function copyLater(
  source: SourceFile,
  target: string,
  file: StagedFile,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const sums = new FileSums(0, false);
    await source.copyTo(target, (chunk) => sums.add(chunk), signal);
    await source.isUntouched();
    if (sums.file().checksums.crc32 !== file.checksums.crc32) throw source.changed();
  } catch (error) {
    await rm(target, { force: true });
    throw stagingError(error, source.path);
  }
}

/** Errors of the staging folder, in our words. */
export function stagingError(error: unknown, what: string): Error {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error as Error;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const reason = isFull ? "the disk is full: make room, or move stagingFolder" : message;
  return new UploadError(isFull ? "STAGING_FULL" : "STAGING_FAILED", `${what} cannot be staged: ${reason}`, {
    cause: error,
  });
}
