import { createHash } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { crc32 } from "node:zlib";
import { Content } from "./content.ts";
import { S3Error, violation } from "./s3-error.ts";

export interface Body {
  readonly content: Content;
  readonly md5: Buffer;
  /** As S3 writes it: the four bytes, most significant first, in base64. */
  readonly crc32: string;
  /** Whether the client sent a checksum that holds. */
  readonly verified: boolean;
}

/** What the last chunk of an `aws-chunked` body carries. */
type Trailers = Record<string, string>;

const FIVE_GIB = 5 * 2 ** 30;

/** Reads the body of a request and holds it to every length and checksum that the request states. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const { headers } = request;
  const hash = String(headers["x-amz-content-sha256"] ?? "");
  const length = Number(headers["x-amz-decoded-content-length"] ?? headers["content-length"] ?? NaN);
  if (request.method === "PUT" && Number.isNaN(length)) {
    throw new S3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  if (length > FIVE_GIB) {
    throw new S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
  }
  const content = new Content();
  const md5 = createHash("md5");
  // Only where it is asked for: it would cost more than all the rest.
  const sha256 = hashed(hash, headers) ? createHash("sha256") : undefined;
  const trailers: Trailers = {};
  let crc = 0;
  const chunks = hash.startsWith("STREAMING-") ? dechunk(request, trailers) : request;
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    content.append(chunk);
    md5.update(chunk);
    sha256?.update(chunk);
    crc = crc32(chunk, crc);
  }
  if (!Number.isNaN(length) && content.size !== length) {
    throw violation("IncompleteBody", `${content.size} bytes came instead of ${length}`);
  }
  const digests: Digests = { md5: md5.digest(), crc32: base64(crc), sha256: sha256?.digest() };
  const verified = checkDigests({ ...headers, ...trailers }, hash, digests);
  return { content, md5: digests.md5, crc32: digests.crc32, verified };
}

interface Digests {
  readonly md5: Buffer;
  readonly crc32: string;
  readonly sha256: Buffer | undefined;
}

function hashed(hash: string, headers: IncomingHttpHeaders): boolean {
  return /^[0-9a-f]{64}$/.test(hash) || headers["x-amz-checksum-sha256"] !== undefined;
}

function checkDigests(stated: Record<string, unknown>, hash: string, digests: Digests): boolean {
  const md5 = stated["content-md5"];
  const crc = stated["x-amz-checksum-crc32"];
  const sha256 = stated["x-amz-checksum-sha256"];
  const mismatch = (name: string): S3Error =>
    new S3Error(400, "BadDigest", `The ${name} you specified did not match the calculated checksum.`);
  if (md5 !== undefined && md5 !== digests.md5.toString("base64")) throw mismatch("Content-MD5");
  if (crc !== undefined && crc !== digests.crc32) throw mismatch("CRC32");
  if (sha256 !== undefined && sha256 !== digests.sha256?.toString("base64")) throw mismatch("SHA256");
  if (/^[0-9a-f]{64}$/.test(hash) && hash !== digests.sha256?.toString("hex")) {
    throw new S3Error(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' does not match.",
    );
  }
  return [md5, crc, sha256].some((value) => value !== undefined);
}

function base64(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return bytes.toString("base64");
}

/** The bytes of an `aws-chunked` body; fills in the trailers. */
async function* dechunk(request: AsyncIterable<Buffer>, trailers: Trailers): AsyncIterable<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  let ended = false;
  for await (const piece of request) {
    rest = Buffer.concat([rest, piece]);
    while (!ended && rest.length > 0) {
      if (left > 0) {
        const data = rest.subarray(0, Math.min(left, rest.length));
        left -= data.length;
        rest = rest.subarray(data.length);
        yield data;
        continue;
      }
      const size = /^(?:\r\n)?([0-9a-f]+)(?:;[^\r\n]*)?\r\n/i.exec(rest.toString("latin1", 0, 200));
      if (size === null) break;
      left = Number.parseInt(size[1]!, 16);
      rest = rest.subarray(size[0].length);
      ended = left === 0;
    }
  }
  if (!ended) throw violation("IncompleteBody", "the last chunk is missing");
  for (const [, name = "", value = ""] of rest.toString("latin1").matchAll(/^([^:\r\n]+):([^\r\n]*)/gm)) {
    trailers[name.toLowerCase()] = value.trim();
  }
}
