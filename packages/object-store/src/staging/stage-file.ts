import { rm } from "node:fs/promises";
import { isMlogError } from "@mlog/core";
import type { ChecksumAlgorithm } from "../object-body.ts";
import { UploadError } from "../upload-error.ts";
import { RunningSum } from "./checksums.ts";
import { readSmallFile } from "./small-file.ts";
import { SourceFile } from "./source-file.ts";
import type { StagedFile } from "./staged-upload.ts";

/** How a file is staged. */
export interface StageOptions {
  /** What the store wants besides the CRC-32. */
  readonly checksum: ChecksumAlgorithm;
  /** The size of the parts that a file of `size` bytes is sent in; 0 for one request. */
  partSize(size: number): number;
  /** Files of so many bytes or less are read instead of copied. */
  readonly readUpTo: number;
  /** Whether the thread may wait for such a file to be read. */
  readonly mayWait: boolean;
  /** Called with the size before anything is copied; may throw. */
  reserve(size: number): void;
  /** A file that goes in parts and that cannot be cloned is only summed up, and may be sent before it is copied. */
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

async function sumUp(bytes: Buffer, { checksum }: StageOptions): Promise<ReadFile> {
  const sum = await RunningSum.start(checksum);
  sum.add(bytes);
  return { ...sum.result(), parts: [], bytes };
}

async function readFile(source: SourceFile, target: string, options: StageOptions): Promise<ReadFile> {
  const { size } = source;
  const { checksum, readUpTo, copiesLater } = options;
  const partSize = options.partSize(size);
  if (size <= readUpTo && partSize === 0) return sumUp(await source.read(), options);
  const cloned = await source.cloneTo(target, partSize, checksum);
  if (cloned !== undefined) return cloned;
  if (partSize === 0) {
    const sum = await RunningSum.start(checksum);
    await source.copyTo(target, (chunk) => sum.add(chunk));
    return { ...sum.result(), parts: [] };
  }
  const file = await source.sumUp(partSize, checksum);
  if (copiesLater) return { ...file, uncopied: source };
  await copyLater(source, target, file);
  return file;
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
    const sum = await RunningSum.start("crc32");
    await source.copyTo(target, (chunk) => sum.add(chunk), signal);
    await source.isUntouched();
    if (sum.result().checksums.crc32 !== file.checksums.crc32) throw source.changed();
  } catch (error) {
    await rm(target, { force: true });
    throw stagingError(error, source.path);
  }
}

/** Errors of the staging folder, in our words. */
export function stagingError(error: unknown, what: string): Error {
  if (isMlogError(error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const reason = isFull ? "the disk is full: make room, or move stagingFolder" : message;
  return new UploadError(isFull ? "STAGING_FULL" : "STAGING_FAILED", `${what} cannot be staged: ${reason}`, {
    cause: error,
  });
}
