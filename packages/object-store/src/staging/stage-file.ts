import { type Hash, createHash } from "node:crypto";
import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, copyFile, open, rm } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { Checksums } from "../object-body.ts";
import { UploadError } from "../upload-error.ts";
import type { StagedFile, StagedPart } from "./staged-upload.ts";

/** How a file is staged. */
export interface StageOptions {
  readonly wantsMd5: boolean;
  /** The size of the parts that a file of `size` bytes is sent in; 0 for one request. */
  partSize(size: number): number;
  /** Files of so many bytes or less are read instead of copied. */
  readonly readUpTo: number;
  /** Called with the size before anything is copied; may throw. */
  reserve(size: number): void;
}

const CHUNK = 1024 * 1024;
/** How often a file is copied whose attributes, but not its bytes, seem to change meanwhile. */
const TRIES = 3;

/** A file that was copied, or was read into `bytes`. */
export interface ReadFile extends StagedFile {
  readonly bytes?: Buffer;
}

/**
 * Copies a file to `target`, which the file system does by sharing the blocks if it can, syncs it and
 * adds it up. A file that is written to meanwhile is refused, and leaves no copy.
 *
 * @throws UploadError `SOURCE_...`, `STAGING_FULL`, `STAGING_FAILED`
 */
export async function stageFile(path: string, target: string, options: StageOptions): Promise<ReadFile> {
  const source = await openSource(path);
  let isCopied = false;
  try {
    let before = await source.stat({ bigint: true });
    if (!before.isFile()) throw new UploadError("SOURCE_NOT_A_FILE", `${path} is not a file`);
    options.reserve(Number(before.size));
    const size = Number(before.size);
    isCopied = size > options.readUpTo || options.partSize(size) > 0;
    for (let tries = 1; ; tries++) {
      const file: ReadFile = await (isCopied
        ? copyAndSum(source, path, target, size, options)
        : readAndSum(source, size, options));
      const after = await source.stat({ bigint: true });
      if (file.size !== size || after.size !== before.size || after.mtimeNs !== before.mtimeNs)
        throw new UploadError("SOURCE_CHANGED", `${path} was written to while it was being copied`);
      if (after.ctimeNs === before.ctimeNs || tries === TRIES) return file;
      before = after;
    }
  } catch (error) {
    if (isCopied) await rm(target, { force: true });
    throw stagingError(error, path);
  } finally {
    await source.close();
  }
}

async function openSource(path: string): Promise<FileHandle> {
  try {
    // A pipe would otherwise wait for somebody who writes to it.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    throw new UploadError(isMissing ? "SOURCE_NOT_FOUND" : "SOURCE_UNREADABLE", message, { cause });
  }
}

async function readAndSum(source: FileHandle, size: number, options: StageOptions): Promise<ReadFile> {
  const buffer = Buffer.allocUnsafeSlow(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await source.read(buffer, at, size - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  const bytes = buffer.subarray(0, at);
  const sums = new Sums(0, options.wantsMd5);
  sums.add(bytes);
  return { ...sums.file(), bytes };
}

async function copyAndSum(
  source: FileHandle,
  path: string,
  target: string,
  size: number,
  options: StageOptions,
): Promise<StagedFile> {
  const sums = new Sums(options.partSize(size), options.wantsMd5);
  const cloned = await clone(source, path, target);
  const copy = await open(target, cloned ? "r+" : "w");
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, Math.max(size, 1)));
    for (let at = 0; at < size;) {
      const { bytesRead } = await (cloned ? copy : source).read(
        buffer,
        0,
        Math.min(buffer.length, size - at),
        at,
      );
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      if (!cloned) await copy.writeFile(chunk);
      sums.add(chunk);
      at += bytesRead;
    }
    await copy.sync();
  } finally {
    await copy.close();
  }
  return sums.file();
}

/** Shares the blocks of the source, if the file system can, and if `path` still is the source. */
async function clone(source: FileHandle, path: string, target: string): Promise<boolean> {
  try {
    await copyFile(path, target, constants.COPYFILE_FICLONE_FORCE);
  } catch {
    return false;
  }
  const named = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => undefined);
  try {
    return (
      named !== undefined && isSame(await named.stat({ bigint: true }), await source.stat({ bigint: true }))
    );
  } finally {
    await named?.close();
  }
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/** The checksums of a file and of its parts, as its bytes come. */
class Sums {
  readonly #partSize: number;
  readonly #wantsMd5: boolean;
  readonly #parts: StagedPart[] = [];
  #whole: RunningSum;
  #part: RunningSum;

  constructor(partSize: number, wantsMd5: boolean) {
    this.#partSize = partSize;
    this.#wantsMd5 = wantsMd5;
    // What goes in parts has their MD5s only: hashing is slower than copying.
    this.#whole = new RunningSum(wantsMd5 && partSize === 0);
    this.#part = new RunningSum(wantsMd5);
  }

  add(chunk: Uint8Array): void {
    this.#whole.add(chunk);
    if (this.#partSize === 0) return;
    for (let at = 0; at < chunk.length;) {
      const end = Math.min(chunk.length, at + this.#partSize - this.#part.size);
      this.#part.add(chunk.subarray(at, end));
      at = end;
      if (this.#part.size === this.#partSize) this.#endPart();
    }
  }

  file(): StagedFile {
    if (this.#part.size > 0) this.#endPart();
    return { ...this.#whole.result(), parts: this.#parts };
  }

  #endPart(): void {
    this.#parts.push(this.#part.result());
    this.#part = new RunningSum(this.#wantsMd5);
  }
}

class RunningSum {
  size = 0;
  #crc32 = 0;
  readonly #md5: Hash | undefined;

  constructor(wantsMd5: boolean) {
    this.#md5 = wantsMd5 ? createHash("md5") : undefined;
  }

  add(chunk: Uint8Array): void {
    this.size += chunk.length;
    this.#crc32 = crc32(chunk, this.#crc32);
    this.#md5?.update(chunk);
  }

  result(): StagedPart {
    const md5 = this.#md5?.digest();
    const checksums: Checksums = { crc32: this.#crc32, ...(md5 === undefined ? {} : { md5 }) };
    return { size: this.size, checksums };
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
