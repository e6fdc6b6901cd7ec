import { createHash, randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import type { MultipartUpload, MultipartUploads, UploadedPart } from "./multipart.ts";
import { type ObjectBody, readBody } from "./object-body.ts";
import { assertObjectName, assertPrefix, compareNames } from "./object-name.ts";
import { ObjectStoreError } from "./object-store-error.ts";
import type { ListedObject, ObjectContent, ObjectInfo, ObjectStore } from "./object-store.ts";
import type { GetOptions, PutOptions, RequestOptions } from "./request-options.ts";
import { bytesOfRange } from "./byte-range.ts";

interface StoredObject extends ObjectInfo {
  readonly bytes: Uint8Array;
}

/** The limits of a {@link MemoryObjectStore}, in bytes; those of S3 by default. */
export interface MemoryStoreOptions {
  /** Tells it from others in URIs. Default: `"memory"`. */
  readonly name?: string;
  readonly maxPutSize?: number;
  readonly minPartSize?: number;
  readonly maxPartSize?: number;
}

/** Objects in memory, for tests and as the shortest store that does everything. */
export class MemoryObjectStore implements ObjectStore {
  readonly checksum = "md5";
  readonly maxPutSize: number;
  readonly multipart: MultipartUploads;
  readonly #name: string;
  readonly #objects = new Map<string, StoredObject>();

  constructor(options: MemoryStoreOptions = {}) {
    const { name = "memory", maxPutSize = 5 * 1024 ** 3 } = options;
    const { minPartSize = 5 * 1024 * 1024, maxPartSize = 5 * 1024 ** 3 } = options;
    this.#name = name;
    this.maxPutSize = maxPutSize;
    this.multipart = new MemoryMultipart({ minPartSize, maxPartSize }, (upload, bytes, put) =>
      this.#keep(upload.name, bytes, put),
    );
  }

  async put(name: string, body: ObjectBody, options: PutOptions = {}): Promise<void> {
    assertObjectName(name);
    this.#keep(name, await received(body, options.signal), options);
  }

  async head(name: string, { signal }: RequestOptions = {}): Promise<ObjectInfo> {
    signal?.throwIfAborted();
    const { bytes: _, ...info } = this.#find(name);
    return info;
  }

  async get(name: string, { range, ifVersion, signal }: GetOptions = {}): Promise<ObjectContent> {
    signal?.throwIfAborted();
    const { bytes, ...info } = this.#find(name);
    if (ifVersion !== undefined && ifVersion !== info.version)
      throw new ObjectStoreError("OBJECT_CHANGED", `${this.uri(name)} has been replaced meanwhile`);
    const { start, end } = bytesOfRange(range, info);
    return { info, body: chunks(bytes.subarray(start, end)) };
  }

  async *list(prefix: string, { signal }: RequestOptions = {}): AsyncGenerator<ListedObject, void, void> {
    assertPrefix(prefix);
    const names = [...this.#objects.keys()].filter((name) => name.startsWith(prefix)).sort(compareNames);
    for (const name of names) {
      signal?.throwIfAborted();
      const object = this.#objects.get(name);
      if (object !== undefined) yield { name, size: object.size };
    }
  }

  async delete(name: string, { signal }: RequestOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    assertObjectName(name);
    this.#objects.delete(name);
  }

  uri(name: string): string {
    return `memory://${this.#name}/${name}`;
  }

  #find(name: string): StoredObject {
    assertObjectName(name);
    const object = this.#objects.get(name);
    if (object !== undefined) return object;
    throw new ObjectStoreError("OBJECT_NOT_FOUND", `${this.uri(name)} does not exist`);
  }

  #keep(name: string, bytes: Uint8Array, options: PutOptions): void {
    const { ifNoneMatch, ifVersion, contentType, metadata = {} } = options;
    const before = this.#objects.get(name);
    if (ifNoneMatch !== undefined && before !== undefined)
      throw new ObjectStoreError("OBJECT_EXISTS", `${this.uri(name)} exists already`);
    if (ifVersion !== undefined && ifVersion !== before?.version)
      throw new ObjectStoreError("OBJECT_CHANGED", `${this.uri(name)} is not what it was`);
    this.#objects.set(name, {
      name,
      size: bytes.length,
      ...(contentType === undefined ? {} : { contentType }),
      metadata: { ...metadata },
      version: randomUUID(),
      bytes,
    });
  }
}

interface OpenUpload {
  readonly name: string;
  readonly parts: Map<number, { readonly tag: string; readonly bytes: Uint8Array }>;
}

class MemoryMultipart implements MultipartUploads {
  readonly minPartSize: number;
  readonly maxPartSize: number;
  readonly maxParts = 10_000;
  readonly #open = new Map<string, OpenUpload>();
  readonly #keep: (upload: MultipartUpload, bytes: Uint8Array, options: PutOptions) => void;

  constructor(
    { minPartSize, maxPartSize }: { readonly minPartSize: number; readonly maxPartSize: number },
    keep: (upload: MultipartUpload, bytes: Uint8Array, options: PutOptions) => void,
  ) {
    this.minPartSize = minPartSize;
    this.maxPartSize = maxPartSize;
    this.#keep = keep;
  }

  async start(name: string, { signal }: RequestOptions = {}): Promise<MultipartUpload> {
    signal?.throwIfAborted();
    assertObjectName(name);
    const id = randomUUID();
    this.#open.set(id, { name, parts: new Map() });
    return { name, id };
  }

  async putPart(
    upload: MultipartUpload,
    number: number,
    body: ObjectBody,
    { signal }: RequestOptions = {},
  ): Promise<UploadedPart> {
    this.#find(upload);
    const bytes = await received(body, signal);
    const tag = randomUUID();
    this.#find(upload).parts.set(number, { tag, bytes });
    return { number, tag, crc32: body.checksums.crc32 };
  }

  async list(name: string, { signal }: RequestOptions = {}): Promise<readonly MultipartUpload[]> {
    signal?.throwIfAborted();
    return [...this.#open].flatMap(([id, upload]) => (upload.name === name ? [{ name, id }] : []));
  }

  async complete(
    upload: MultipartUpload,
    parts: readonly UploadedPart[],
    options: PutOptions = {},
  ): Promise<void> {
    options.signal?.throwIfAborted();
    const { parts: arrived } = this.#find(upload);
    const bytes = parts.map(({ number, tag }, index) => {
      const part = arrived.get(number);
      const isWhole = index === parts.length - 1 || (part?.bytes.length ?? 0) >= this.minPartSize;
      if (part?.tag === tag && number === index + 1 && isWhole) return part.bytes;
      throw new ObjectStoreError("UPLOAD_GONE", `part ${number} of ${upload.name} is missing or too small`);
    });
    this.#keep(upload, Buffer.concat(bytes), options);
    this.#open.delete(upload.id);
  }

  async abort({ id }: MultipartUpload, { signal }: RequestOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    this.#open.delete(id);
  }

  #find({ id, name }: MultipartUpload): OpenUpload {
    const upload = this.#open.get(id);
    if (upload?.name === name) return upload;
    throw new ObjectStoreError("UPLOAD_GONE", `there is no upload ${id} of ${name}`);
  }
}

/** Takes a body in as a server does: all of it, checked. */
async function received(body: ObjectBody, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const bytes = Buffer.concat(await Array.fromAsync(readBody(body, signal)));
  const { checksums } = body;
  const md5 = checksums.md5 && createHash("md5").update(bytes).digest();
  if (crc32(bytes) === checksums.crc32 && (md5 === undefined || md5.equals(checksums.md5!))) return bytes;
  throw new ObjectStoreError("CHECKSUM_MISMATCH", "other bytes arrived than were announced");
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  // In several pieces, as a network has it.
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.slice(at, at + 65_536);
}
