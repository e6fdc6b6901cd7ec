import { randomBytes } from "node:crypto";
import { type FileHandle, link, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { MlogError, isMlogError } from "@mlog/core";
import type { Clock } from "../engine/clock.ts";
import { deadlineFor } from "../engine/deadline.ts";
import type { DownloadOrder } from "../engine/engine.ts";
import { reasonOf } from "../engine/reason.ts";
import { CRC32 } from "../engine/transfer.ts";
import { tryOften } from "../engine/try-often.ts";
import { readBody } from "../object-body.ts";
import { ObjectStoreError } from "../object-store-error.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import { UploadError } from "../upload-error.ts";

/** What a download works with. */
export interface DownloadMeans {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** How long the store may take to answer, in ms. */
  readonly timeout: number;
  /** Ranges that are read at a time. */
  readonly concurrency: number;
}

/** Objects are read in ranges of that size, in bytes. */
const RANGE = 16 * 1024 * 1024;
/** Somebody waits for a download, so that it gives up after so many failures of one request in a row. */
const TRIES = 8;
/** How often a download begins anew because the object was replaced meanwhile. */
const BEGINNINGS = 5;

/**
 * Downloads an object beside `order.path`, checks it, and then gives it that name.
 *
 * @throws MlogError `FILE_NOT_FOUND`; UploadError `FILE_EXISTS`, `DOWNLOAD_FAILED`; what the store throws
 */
export async function downloadFile(
  order: DownloadOrder,
  means: DownloadMeans,
  onProgress: (bytes: number, total: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { name, path, overwrite } = order;
  if (!overwrite && (await stat(path).catch(() => undefined)) !== undefined) throw exists(path);
  const part = `${path}.${randomBytes(6).toString("hex")}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    for (let beginnings = 1; ; beginnings++) {
      try {
        await receive(name, part, means, onProgress, signal);
        break;
      } catch (error) {
        if (!isMlogError(error, "OBJECT_CHANGED") || beginnings === BEGINNINGS) throw error;
      }
    }
    if (overwrite) await rename(part, path);
    else await link(part, path);
  } catch (error) {
    throw downloadError(error, order, signal);
  } finally {
    await rm(part, { force: true });
  }
}

async function receive(
  name: string,
  part: string,
  means: DownloadMeans,
  onProgress: (bytes: number, total: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { store, concurrency } = means;
  const info = await request(0, means, signal, (attempt) => store.head(name, { signal: attempt }));
  const file = await open(part, "w");
  try {
    const starts = Array.from({ length: Math.ceil(info.size / RANGE) }, (_, index) => index * RANGE);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    let arrived = 0;
    onProgress(0, info.size);
    const readers = Array.from({ length: Math.min(concurrency, starts.length) }, async () => {
      for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
        const range = { start, end: Math.min(start + RANGE, info.size) };
        await request(RANGE, means, either, (attempt) => receiveRange(store, info, range, file, attempt));
        arrived += range.end - range.start;
        onProgress(arrived, info.size);
      }
    });
    for (const reader of readers) reader.catch((error: unknown) => stop.abort(error));
    await Promise.allSettled(readers);
    either.throwIfAborted();
    await file.sync();
  } finally {
    await file.close();
  }
  await assertSum(part, info);
}

async function receiveRange(
  store: ObjectStore,
  info: ObjectInfo,
  range: { readonly start: number; readonly end: number },
  file: FileHandle,
  signal: AbortSignal,
): Promise<void> {
  const { body } = await store.get(info.name, { range, ifVersion: info.version, signal });
  let at = range.start;
  for await (const chunk of body) {
    signal.throwIfAborted();
    if (at + chunk.length > range.end) throw damaged(info, "more bytes arrive than it has");
    for (let written = 0; written < chunk.length;) {
      const { bytesWritten } = await file.write(chunk, written, chunk.length - written, at + written);
      written += bytesWritten;
    }
    at += chunk.length;
  }
  if (at < range.end)
    throw new ObjectStoreError("STORE_UNAVAILABLE", `${info.name} ended at byte ${at}, before ${range.end}`);
}

/** What was not put by an upload of ours has no sum to compare with. */
async function assertSum(path: string, info: ObjectInfo): Promise<void> {
  const expected = info.metadata[CRC32];
  if (expected === undefined) return;
  const whole = { source: { path, start: 0, end: info.size }, size: info.size, checksums: { crc32: 0 } };
  let sum = 0;
  for await (const chunk of readBody(whole)) sum = crc32(chunk, sum);
  if (sum !== Number.parseInt(expected, 16)) throw damaged(info, "its checksum is another one");
}

function request<Result>(
  size: number,
  { clock, timeout }: DownloadMeans,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return tryOften(work, { most: TRIES, deadline: deadlineFor(size, timeout), clock, signal, isFinal });
}

/** What an upload would survive, and a download would not. */
function isFinal(error: unknown): boolean {
  if ((error as NodeJS.ErrnoException).syscall !== undefined && !isMlogError(error)) return true;
  return ["OBJECT_NOT_FOUND", "OBJECT_CHANGED", "INVALID_RANGE"].some((code) => isMlogError(error, code));
}

function damaged({ name }: ObjectInfo, reason: string): ObjectStoreError {
  return new ObjectStoreError(
    "CHECKSUM_MISMATCH",
    `${name} was not downloaded as it was uploaded: ${reason}`,
  );
}

function exists(path: string): UploadError {
  return new UploadError("FILE_EXISTS", `${path} exists already: choose another path, or set overwrite`);
}

function downloadError(error: unknown, { name, path }: DownloadOrder, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason as Error;
  if (isMlogError(error, "OBJECT_NOT_FOUND"))
    return new MlogError("FILE_NOT_FOUND", `${name} is not in the store: ${error.message}`, { cause: error });
  if (isMlogError(error)) return error;
  if ((error as NodeJS.ErrnoException).code === "EEXIST") return exists(path);
  return new UploadError("DOWNLOAD_FAILED", `${name} cannot be downloaded: ${reasonOf(error)}`, {
    cause: error,
  });
}
