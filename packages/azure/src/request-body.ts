import type { Readable } from "node:stream";
import { type Checksums, type ObjectBody, readBody, streamBody } from "@mlog/object-store";

/** Smaller ones are not worth a stream, in bytes. */
const STREAM_FROM = 256 * 1024;

/** How a body is handed to the SDK. */
export interface RequestBody {
  readonly bytes: Uint8Array | (() => Readable);
  /** By which the service checks what arrives. */
  readonly checksum: {
    readonly transactionalContentCrc64?: Uint8Array;
    readonly transactionalContentMD5?: Uint8Array;
  };
}

/** @param broken - Is told if the source cannot be read; the SDK would wait for the rest of the body forever. */
export async function requestBody(
  body: ObjectBody,
  signal: AbortSignal,
  broken: (error: unknown) => void,
): Promise<RequestBody> {
  return {
    bytes:
      body.size < STREAM_FROM
        ? Buffer.concat(await Array.fromAsync(readBody(body, signal)))
        : () => streamBody(body, signal).on("error", broken),
    checksum: checksumOf(body.checksums),
  };
}

/** The service takes one of them. */
function checksumOf({ crc64nvme, md5 }: Checksums): RequestBody["checksum"] {
  // It has the least significant byte first.
  if (crc64nvme !== undefined) return { transactionalContentCrc64: crc64nvme.toReversed() };
  return md5 === undefined ? {} : { transactionalContentMD5: md5 };
}
