import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { ObjectStoreError } from "./object-store-error.ts";

/** Bytes of a file: `start` to `end - 1`. */
export interface FileRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** By what a store can check the bytes that arrive. */
export type ChecksumAlgorithm = "crc32" | "md5" | "crc64nvme";

/** What bytes must add up to: their CRC-32, and the {@link ObjectStore.checksum} that the store wants. */
export interface Checksums {
  /** CRC-32 as in zlib, from 0 to 2 ** 32 - 1. */
  readonly crc32: number;
  /** 16 bytes. */
  readonly md5?: Uint8Array;
  /** CRC-64/NVME: 8 bytes, the most significant first. */
  readonly crc64nvme?: Uint8Array;
}

/** Bytes on their way to a store, and their checksums, known before anything is sent. */
export interface ObjectBody {
  /** Read a file with {@link readBody}, in chunks; it may be larger than memory. */
  readonly source: Uint8Array | FileRange;
  /** In bytes. */
  readonly size: number;
  readonly checksums: Checksums;
}

/** Bytes as a body, with their CRC-32 and MD5. */
export function bodyOf(bytes: Uint8Array): ObjectBody {
  const md5 = createHash("md5").update(bytes).digest();
  return { source: bytes, size: bytes.length, checksums: { crc32: crc32(bytes), md5 } };
}

/** How much of a file is read and sent at a time, in bytes: larger chunks are hardly faster. */
export const CHUNK: number = 1024 * 1024;

/**
 * The bytes of a body, in chunks of at most 1 MiB that nobody else uses.
 *
 * @throws ObjectStoreError `BODY_UNREADABLE` if the file is not there, not readable or too short
 */
export async function* readBody(
  { source }: ObjectBody,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  if (source instanceof Uint8Array) {
    signal?.throwIfAborted();
    for (let at = 0; at < source.length; at += CHUNK) {
      yield source.subarray(at, at + CHUNK);
      signal?.throwIfAborted();
    }
    return;
  }
  const file = await openToRead(source.path);
  try {
    for (let at = source.start; at < source.end;) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, source.end - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw tooShort(source.path, at, source.end);
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** @throws ObjectStoreError `BODY_UNREADABLE` */
export async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw unreadable(path, (cause as Error).message, cause);
  }
}

export function tooShort(path: string, at: number, end: number): ObjectStoreError {
  return unreadable(path, `it ends at byte ${at}, before ${end}`);
}

function unreadable(path: string, reason: string, cause?: unknown): ObjectStoreError {
  return new ObjectStoreError("BODY_UNREADABLE", `${path} cannot be sent: ${reason}`, { cause });
}
