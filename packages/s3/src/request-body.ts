import type { Readable } from "node:stream";
import { type ObjectBody, readBody, streamBody } from "@mlog/object-store";

/** Smaller ones are not worth a stream, in bytes. */
const STREAM_FROM = 256 * 1024;

/** How a body is handed to the SDK. */
export interface RequestBody {
  readonly Body: Uint8Array | Readable;
  readonly ContentLength: number;
  readonly ChecksumCRC32?: string;
  readonly ContentMD5?: string;
}

/**
 * A body with its checksums as headers, so that the SDK has nothing to compute.
 *
 * @param broken - Is told if the source cannot be read; the SDK would wait for the rest of the body forever.
 */
export async function requestBody(
  body: ObjectBody,
  checksum: "crc32" | "md5",
  signal: AbortSignal,
  broken: (error: unknown) => void,
): Promise<RequestBody> {
  const { crc32, md5 } = body.checksums;
  return {
    Body:
      body.size < STREAM_FROM ? await readAll(body, signal) : streamBody(body, signal).on("error", broken),
    ContentLength: body.size,
    ...(checksum === "crc32" || md5 === undefined
      ? { ChecksumCRC32: toBase64(crc32) }
      : { ContentMD5: Buffer.from(md5).toString("base64") }),
  };
}

/** As S3 writes it: four bytes, the most significant first, in base64. */
export function toBase64(crc32: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32);
  return bytes.toString("base64");
}

async function readAll(body: ObjectBody, signal: AbortSignal): Promise<Uint8Array> {
  return body.source instanceof Uint8Array
    ? body.source
    : Buffer.concat(await Array.fromAsync(readBody(body, signal)));
}
