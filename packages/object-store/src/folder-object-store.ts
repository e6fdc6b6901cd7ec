import { randomUUID } from "node:crypto";
import { constants, type BigIntStats, createReadStream } from "node:fs";
import { link, lstat, mkdir, open, readdir, readFile, rename, rm, unlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { crc32 } from "node:zlib";
import { bytesOfRange } from "./byte-range.ts";
import { type ObjectBody, readBody } from "./object-body.ts";
import { assertObjectName, assertPrefix, compareNames } from "./object-name.ts";
import { ObjectStoreError, type ObjectStoreErrorCode } from "./object-store-error.ts";
import type { ListedObject, ObjectContent, ObjectInfo, ObjectStore } from "./object-store.ts";
import type { GetOptions, ObjectAttributes, PutOptions, RequestOptions } from "./request-options.ts";

/** Where a {@link FolderObjectStore} is. */
export interface FolderStoreOptions {
  /** Made if it is not there. */
  readonly folder: string;
}

/** What is in the folder besides the objects, and hidden from them. */
const OWN = ".mlog-store";
/** What a killed process was receiving is removed after that time, in ms. */
const ABANDONED = 24 * 3600 * 1000;

/**
 * Objects as the files of a folder: each is written beside, synced, and then renamed (or linked, which
 * fails if there is one) to its name. What a file cannot carry lies in `.mlog-store/attributes`, under
 * the file's inode and time of writing, so that it belongs to exactly these bytes; a copy of the
 * folder is one of the objects without their attributes. With `ifVersion` it looks right before it renames: of two
 * processes that replace an object within the same instant, both may.
 */
export class FolderObjectStore implements ObjectStore {
  readonly #folder: string;
  #isSwept = false;

  constructor({ folder }: FolderStoreOptions) {
    this.#folder = resolve(folder);
  }

  async put(name: string, body: ObjectBody, options: PutOptions = {}): Promise<void> {
    const path = this.#path(name);
    const { ifNoneMatch, ifVersion, signal } = options;
    await this.#do(name, async () => {
      const incoming = await this.#receive(body, signal);
      try {
        await this.#keepAttributes(await lstat(incoming, { bigint: true }), options);
        await this.#makeFolder(name, dirname(path));
        signal?.throwIfAborted();
        if (ifNoneMatch === undefined) {
          const before = await lstat(path, { bigint: true }).catch(() => undefined);
          if (ifVersion !== undefined && (before === undefined || ifVersion !== versionOf(before)))
            throw new ObjectStoreError("OBJECT_CHANGED", `${this.uri(name)} is not what it was`);
          await rename(incoming, path);
          if (before !== undefined) await rm(this.#attributesPath(before), { force: true });
        } else {
          await link(incoming, path);
        }
        await syncFolder(dirname(path));
      } finally {
        await rm(incoming, { force: true });
      }
    });
  }

  async head(name: string, { signal }: RequestOptions = {}): Promise<ObjectInfo> {
    const path = this.#path(name);
    signal?.throwIfAborted();
    return this.#do(name, async () => this.#info(name, await lstat(path, { bigint: true })));
  }

  async get(name: string, { range, ifVersion, signal }: GetOptions = {}): Promise<ObjectContent> {
    const path = this.#path(name);
    signal?.throwIfAborted();
    return this.#do(name, async () => {
      const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      try {
        const info = await this.#info(name, await file.stat({ bigint: true }));
        if (ifVersion !== undefined && ifVersion !== info.version)
          throw new ObjectStoreError("OBJECT_CHANGED", `${this.uri(name)} has been replaced meanwhile`);
        const { start, end } = bytesOfRange(range, info);
        if (start === end) {
          await file.close();
          return { info, body: noBytes() };
        }
        const options = { fd: file, start, end: end - 1, highWaterMark: 1024 * 1024, signal };
        return { info, body: createReadStream("", options) };
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  async *list(prefix: string, { signal }: RequestOptions = {}): AsyncGenerator<ListedObject, void, void> {
    assertPrefix(prefix);
    signal?.throwIfAborted();
    yield* this.#walk("", prefix, signal);
  }

  async delete(name: string, { signal }: RequestOptions = {}): Promise<void> {
    const path = this.#path(name);
    signal?.throwIfAborted();
    try {
      await this.#do(name, async () => {
        const before = await lstat(path, { bigint: true });
        if (!before.isFile()) return;
        await unlink(path);
        await rm(this.#attributesPath(before), { force: true });
      });
    } catch (error) {
      if ((error as ObjectStoreError).code !== "OBJECT_NOT_FOUND") throw error;
    }
  }

  uri(name: string): string {
    const { href } = pathToFileURL(this.#folder);
    return `${href}/${name.split("/").map(encodeURIComponent).join("/")}`;
  }

  #path(name: string): string {
    assertObjectName(name);
    if (name.split("/")[0] === OWN)
      throw new ObjectStoreError("INVALID_OBJECT_NAME", `the folder ${OWN} is the store's own: ${name}`);
    return join(this.#folder, name);
  }

  #attributesPath({ ino, mtimeNs }: BigIntStats): string {
    return join(this.#folder, OWN, "attributes", String(ino % 256n), `${ino}-${mtimeNs}.json`);
  }

  async #info(name: string, stats: BigIntStats): Promise<ObjectInfo> {
    if (!stats.isFile()) throw new ObjectStoreError("OBJECT_NOT_FOUND", `${this.uri(name)} is not a file`);
    let kept: ObjectAttributes = {};
    try {
      kept = JSON.parse(await readFile(this.#attributesPath(stats), "utf8")) as ObjectAttributes;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    const { metadata = {}, ...type } = kept;
    return { name, size: Number(stats.size), ...type, metadata, version: versionOf(stats) };
  }

  /** Writes a body beside the objects, checks it, and brings it to the disk. */
  async #receive(body: ObjectBody, signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted();
    const folder = join(this.#folder, OWN, "incoming");
    await this.#makeOwnFolder(folder);
    if (!this.#isSwept) await this.#sweep(folder);
    const path = join(folder, randomUUID());
    const file = await open(path, "wx");
    try {
      let sum = 0;
      for await (const chunk of readBody(body, signal)) {
        sum = crc32(chunk, sum);
        await file.writeFile(chunk);
      }
      if (sum !== body.checksums.crc32)
        throw new ObjectStoreError("CHECKSUM_MISMATCH", "other bytes arrived than were announced");
      await file.sync();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return path;
  }

  async #sweep(folder: string): Promise<void> {
    this.#isSwept = true;
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Infinity }));
      if (Date.now() - mtimeMs > ABANDONED) await rm(path, { force: true });
    }
  }

  async #makeOwnFolder(path: string): Promise<void> {
    try {
      await mkdir(path, { recursive: true });
    } catch (cause) {
      const { code = "", message } = cause as NodeJS.ErrnoException;
      if (!["ENOTDIR", "EEXIST", "ENOENT"].includes(code)) throw cause;
      throw new ObjectStoreError("BUCKET_NOT_FOUND", `${this.uri("")}: ${message}`, { cause });
    }
  }

  async #makeFolder(name: string, path: string): Promise<void> {
    try {
      await mkdir(path, { recursive: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
      const message = `${this.uri(name)}: an object is where its folder would be`;
      throw new ObjectStoreError("INVALID_OBJECT_NAME", message, { cause });
    }
  }

  async #keepAttributes(stats: BigIntStats, { contentType, metadata }: ObjectAttributes): Promise<void> {
    if (contentType === undefined && metadata === undefined) return;
    const path = this.#attributesPath(stats);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify({ contentType, metadata }), { flush: true });
  }

  async *#walk(
    folder: string,
    prefix: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ListedObject, void, void> {
    const entries = await readdir(join(this.#folder, folder), { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
        throw this.#error(folder, error);
      },
    );
    // A folder stands where the names below it do.
    const names = entries.flatMap((entry) => {
      if (entry.isDirectory()) return folder === "" && entry.name === OWN ? [] : [`${folder}${entry.name}/`];
      return entry.isFile() ? [`${folder}${entry.name}`] : [];
    });
    for (const name of names.sort(compareNames)) {
      signal?.throwIfAborted();
      if (name.endsWith("/")) {
        if (name.startsWith(prefix) || prefix.startsWith(name)) yield* this.#walk(name, prefix, signal);
      } else if (name.startsWith(prefix)) {
        const stats = await lstat(join(this.#folder, name)).catch(() => undefined);
        if (stats !== undefined) yield { name, size: stats.size };
      }
    }
  }

  async #do<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.#error(name, error as NodeJS.ErrnoException);
    }
  }

  #error(name: string, error: NodeJS.ErrnoException): Error {
    const code = error.syscall === undefined ? undefined : (CODES[error.code ?? ""] ?? "STORE_UNAVAILABLE");
    if (code === undefined) return error;
    return new ObjectStoreError(code, `${this.uri(name)}: ${error.message}`, { cause: error });
  }
}

const CODES: Readonly<Record<string, ObjectStoreErrorCode>> = {
  ENOENT: "OBJECT_NOT_FOUND",
  ELOOP: "OBJECT_NOT_FOUND",
  EEXIST: "OBJECT_EXISTS",
  EISDIR: "INVALID_OBJECT_NAME",
  ENOTDIR: "INVALID_OBJECT_NAME",
  ENAMETOOLONG: "INVALID_OBJECT_NAME",
  EINVAL: "INVALID_OBJECT_NAME",
  EACCES: "ACCESS_DENIED",
  EPERM: "ACCESS_DENIED",
  EROFS: "ACCESS_DENIED",
  ENOSPC: "STORE_FULL",
  EDQUOT: "STORE_FULL",
  EFBIG: "OBJECT_TOO_LARGE",
};

/** What the module of {@link folderStore} is asked for. */
export function createObjectStore(options: FolderStoreOptions): ObjectStore {
  return new FolderObjectStore(options);
}

function versionOf({ ino, mtimeNs }: BigIntStats): string {
  return `${ino}-${mtimeNs}`;
}

async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders, and needs no sync of them.
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array, void, void> {}
