import type { Readable } from "node:stream";
import { type ObjectBody, readBody, streamBody } from "@mlog/object-store";

/** Smaller ones are not worth a stream, in bytes. */
const STREAM_FROM = 256 * 1024;

/** How a body is handed to the SDK. */
export interface RequestBody {
  readonly bytes: Uint8Array | (() => Readable);
  /** By which the service checks what arrives. */
  readonly checksum: { readonly transactionalContentMD5?: Uint8Array };
}

/** @param broken - Is told if the source cannot be read; the SDK would wait for the rest of the body forever. */
export async function requestBody(
  body: ObjectBody,
  signal: AbortSignal,
  broken: (error: unknown) => void,
): Promise<RequestBody> {
  const { md5 } = body.checksums;
  return {
    bytes:
      body.size < STREAM_FROM
        ? Buffer.concat(await Array.fromAsync(readBody(body, signal)))
        : () => streamBody(body, signal).on("error", broken),
    checksum: md5 === undefined ? {} : { transactionalContentMD5: md5 },
  };
}
