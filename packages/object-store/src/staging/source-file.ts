import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, copyFile, open } from "node:fs/promises";
import { CHUNK, type ChecksumAlgorithm } from "../object-body.ts";
import { UploadError } from "../upload-error.ts";
import { RunningSum } from "./checksums.ts";
import { sumParts } from "./part-sums.ts";
import type { StagedFile } from "./staged-upload.ts";

/** A copy is synced whenever it has got so many bytes more, so that it is soon on the disk at its end. */
const SYNC_EVERY = 32 * 1024 * 1024;

/** A file to be uploaded, which must stay as it is until it is staged. */
export class SourceFile {
  readonly path: string;
  readonly #file: FileHandle;
  #stats: BigIntStats;

  private constructor(path: string, file: FileHandle, stats: BigIntStats) {
    this.path = path;
    this.#file = file;
    this.#stats = stats;
  }

  /** @throws UploadError `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, `SOURCE_NOT_A_FILE` */
  static async open(path: string): Promise<SourceFile> {
    const file = await openToRead(path);
    try {
      const stats = await file.stat({ bigint: true });
      if (!stats.isFile()) throw new UploadError("SOURCE_NOT_A_FILE", `${path} is not a file`);
      return new SourceFile(path, file, stats);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** In bytes. */
  get size(): number {
    return Number(this.#stats.size);
  }

  /**
   * Whether nothing at all has happened to the file since this was asked last: attributes too.
   * @throws UploadError `SOURCE_CHANGED` if it was written to
   */
  async isUntouched(): Promise<boolean> {
    const before = this.#stats;
    const after = await this.#file.stat({ bigint: true });
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) throw this.changed();
    this.#stats = after;
    return after.ctimeNs === before.ctimeNs;
  }

  changed(): UploadError {
    return new UploadError("SOURCE_CHANGED", `${this.path} was written to while it was being copied`);
  }

  /** All bytes, in a buffer. */
  async read(): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(this.size);
    let at = 0;
    while (at < this.size) {
      const { bytesRead } = await this.#file.read(buffer, at, this.size - at, at);
      if (bytesRead === 0) throw this.changed();
      at += bytesRead;
    }
    return buffer;
  }

  /**
   * What it adds up to.
   *
   * @param partSize - The size of the parts that it is sent in, in bytes; 0 for one request.
   * @throws UploadError `SOURCE_CHANGED` if it is shorter by now
   */
  sumUp(partSize: number, algorithm: ChecksumAlgorithm): Promise<StagedFile> {
    return this.#sumUp(this.#file, partSize, algorithm);
  }

  /** Copies the file to `target`, and syncs the copy. Gives the bytes to `add` as well. @throws the reason of `signal` */
  async copyTo(target: string, add: (chunk: Uint8Array) => void, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const copy = await open(target, "w");
    try {
      let unsynced = 0;
      await readThrough(this, this.#file, async (chunk) => {
        signal?.throwIfAborted();
        const written = copy.writeFile(chunk);
        add(chunk);
        await written;
        unsynced += chunk.length;
        if (unsynced < SYNC_EVERY) return;
        unsynced = 0;
        await copy.datasync();
      });
      signal?.throwIfAborted();
      await copy.sync();
    } finally {
      await copy.close();
    }
  }

  /**
   * Has the file system share the blocks of the file with `target`, if it can, and if the path still
   * leads to the file.
   *
   * @returns what the copy adds up to, as {@link sumUp}; undefined if there is none
   */
  async cloneTo(
    target: string,
    partSize: number,
    algorithm: ChecksumAlgorithm,
  ): Promise<StagedFile | undefined> {
    try {
      await copyFile(this.path, target, constants.COPYFILE_FICLONE_FORCE);
    } catch {
      return undefined;
    }
    if (!(await this.#isNamed())) return undefined;
    const copy = await open(target, "r+");
    try {
      const sums = await this.#sumUp(copy, partSize, algorithm);
      await copy.sync();
      return sums;
    } finally {
      await copy.close();
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #sumUp(file: FileHandle, partSize: number, algorithm: ChecksumAlgorithm): Promise<StagedFile> {
    const { size } = this;
    if (partSize > 0) {
      const sums = await sumParts({ file: file.fd, size, partSize, algorithm });
      if (sums.size < size) throw this.changed();
      return sums;
    }
    const sum = await RunningSum.start(algorithm);
    await readThrough(this, file, async (chunk) => sum.add(chunk));
    return { ...sum.result(), parts: [] };
  }

  async #isNamed(): Promise<boolean> {
    const named = await openToRead(this.path).catch(() => undefined);
    if (named === undefined) return false;
    try {
      const { dev, ino } = await named.stat({ bigint: true });
      return dev === this.#stats.dev && ino === this.#stats.ino;
    } finally {
      await named.close();
    }
  }
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    // A pipe would otherwise wait for somebody who writes to it.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    throw new UploadError(isMissing ? "SOURCE_NOT_FOUND" : "SOURCE_UNREADABLE", message, { cause });
  }
}

/** Reads a chunk while the one before is being taken. */
async function readThrough(
  source: SourceFile,
  file: FileHandle,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const { size } = source;
  let [free, used] = [CHUNK, CHUNK].map((most) => Buffer.allocUnsafeSlow(Math.min(most, Math.max(size, 1))));
  let taken = Promise.resolve();
  for (let at = 0; at < size;) {
    const [{ bytesRead }] = await Promise.all([file.read(free!, 0, Math.min(CHUNK, size - at), at), taken]);
    if (bytesRead === 0) throw source.changed();
    taken = take(free!.subarray(0, bytesRead));
    [free, used] = [used, free];
    at += bytesRead;
  }
  await taken;
}
