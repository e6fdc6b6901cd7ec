import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { StorageCRC64Calculator } from "@azure/storage-common";
import { type ObjectBody, ObjectStoreError, readBody } from "@mlog/object-store";

/** Larger ones are read twice instead of being held in memory, in bytes. */
const HELD = 16 * 1024 * 1024;

/** How a body is handed to the SDK. */
export interface RequestBody {
  readonly bytes: Uint8Array | (() => Readable);
  readonly checksum: { readonly transactionalContentCrc64: Uint8Array };
}

/**
 * A body with the checksum by which the service checks what arrives. Of those that it knows, the CRC-64 of
 * the SDK is the fastest; the body's own CRC-32 says whether the right bytes were read.
 *
 * @throws ObjectStoreError `BODY_UNREADABLE` if the source is not there, or not what it was
 */
export async function requestBody(
  body: ObjectBody,
  signal: AbortSignal,
  broken: (error: unknown) => void,
): Promise<RequestBody> {
  await StorageCRC64Calculator.init();
  const calculator = new StorageCRC64Calculator();
  const held: Uint8Array[] = [];
  let crc = 0;
  for await (const chunk of readBody(body, signal)) {
    calculator.append(chunk, chunk.length);
    crc = crc32(chunk, crc);
    if (body.size <= HELD) held.push(chunk);
  }
  if (crc !== body.checksums.crc32) {
    throw new ObjectStoreError("CHECKSUM_MISMATCH", "the bytes to be sent are not those that were announced");
  }
  const stream = (): Readable =>
    Readable.from(readBody(body, signal), { objectMode: false }).on("error", broken);
  return {
    bytes: body.size <= HELD ? Buffer.concat(held) : stream,
    checksum: { transactionalContentCrc64: calculator.final(new Uint8Array(), 0) },
  };
}
