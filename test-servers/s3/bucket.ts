import { createHash, randomUUID } from "node:crypto";
import type { Body } from "./request-body.ts";
import { Content } from "./content.ts";
import { S3Error, violation } from "./s3-error.ts";

/** What a client said about an object and gets back with it: content type, metadata, storage class, ... */
export type Properties = Readonly<Record<string, string>>;

export interface StoredObject {
  readonly content: Content;
  /** With its quotes. */
  readonly etag: string;
  readonly modified: Date;
  readonly properties: Properties;
  /** In base64; of objects of several parts the CRC32 of their checksums and the number of parts. */
  readonly crc32: string | undefined;
}

export interface Part {
  readonly number: number;
  readonly body: Body;
  readonly etag: string;
  readonly modified: Date;
}

export interface Multipart {
  readonly id: string;
  readonly key: string;
  readonly properties: Properties;
  readonly initiated: Date;
  readonly parts: Map<number, Part>;
}

/** A part as the request to complete an upload names it. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
  readonly crc32: string | undefined;
}

const FIVE_MIB = 5 * 2 ** 20;
const MAX_PARTS = 10_000;

export class Bucket {
  readonly objects: Map<string, StoredObject> = new Map();
  readonly uploads: Map<string, Multipart> = new Map();

  object(key: string): StoredObject {
    const object = this.objects.get(key);
    if (object === undefined) throw new S3Error(404, "NoSuchKey", "The specified key does not exist.");
    return object;
  }

  put(key: string, { content, md5, crc32 }: Body, properties: Properties): StoredObject {
    return this.#store(key, { content, etag: quote(md5.toString("hex")), crc32, properties });
  }

  /** Keys in the order of their bytes, as S3 lists them. */
  keys(prefix: string): string[] {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  begin(key: string, properties: Properties): Multipart {
    const upload = {
      id: randomUUID(),
      key,
      properties,
      initiated: new Date(),
      parts: new Map<number, Part>(),
    };
    this.uploads.set(upload.id, upload);
    return upload;
  }

  upload(key: string, id: string): Multipart {
    const upload = this.uploads.get(id);
    if (upload?.key === key) return upload;
    const message = "The specified upload does not exist. It may have been aborted or completed.";
    throw new S3Error(404, "NoSuchUpload", message);
  }

  putPart(key: string, id: string, number: number, body: Body): Part {
    if (!(Number.isInteger(number) && number >= 1 && number <= MAX_PARTS)) {
      throw violation("InvalidArgument", `Part number must be from 1 to ${MAX_PARTS}, not ${number}`);
    }
    const part = { number, body, etag: quote(body.md5.toString("hex")), modified: new Date() };
    this.upload(key, id).parts.set(number, part);
    return part;
  }

  complete(key: string, id: string, named: readonly NamedPart[]): StoredObject {
    const upload = this.upload(key, id);
    const parts = named.map((one, i) => {
      if (one.number <= (named[i - 1]?.number ?? 0)) {
        throw violation("InvalidPartOrder", "The list of parts was not in ascending order.");
      }
      const part = upload.parts.get(one.number);
      if (part?.etag !== quote(one.etag.replaceAll('"', ""))) {
        throw new S3Error(400, "InvalidPart", `part ${one.number} could not be found, or has another ETag`);
      }
      if (one.crc32 !== undefined && one.crc32 !== part.body.crc32) {
        throw violation("InvalidPart", `part ${one.number} has another checksum`);
      }
      return part;
    });
    if (parts.length === 0) throw violation("MalformedXML", "a multipart upload needs a part");
    const small = parts.slice(0, -1).find((part) => part.body.content.size < FIVE_MIB);
    if (small !== undefined) {
      throw violation("EntityTooSmall", `part ${small.number} has ${small.body.content.size} bytes`);
    }
    const content = new Content();
    for (const part of parts) content.appendAll(part.body.content);
    const md5 = createHash("md5").update(Buffer.concat(parts.map((part) => part.body.md5)));
    this.uploads.delete(id);
    return this.#store(key, {
      content,
      etag: quote(`${md5.digest("hex")}-${parts.length}`),
      crc32: undefined,
      properties: upload.properties,
    });
  }

  #store(key: string, object: Omit<StoredObject, "modified">): StoredObject {
    const stored = { ...object, modified: new Date() };
    this.objects.set(key, stored);
    return stored;
  }
}

function quote(etag: string): string {
  return `"${etag}"`;
}
