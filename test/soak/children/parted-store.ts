/**
 * A store in a folder that takes objects of more than 20 000 bytes in parts only, and lets each request wait for
 * a while, so that a kill finds some under way. What `upload-files.ts` uploads to; also in other processes.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  bodyOf,
  FolderObjectStore,
  type MultipartUpload,
  type MultipartUploads,
  type ObjectBody,
  ObjectStoreError,
  type ObjectStore,
  type PutOptions,
  readBody,
  type UploadedPart,
} from "@mlog/object-store";

export interface PartedStoreOptions {
  readonly folder: string;
  /** The longest that a request waits, in ms. */
  readonly delay: number;
}

export class PartedStore extends FolderObjectStore implements ObjectStore {
  readonly maxPutSize = 20_000;
  readonly multipart: MultipartUploads;
  readonly #delay: number;

  constructor({ folder, delay }: PartedStoreOptions) {
    super({ folder: join(folder, "objects") });
    this.#delay = delay;
    this.multipart = new FolderUploads(join(folder, "uploads"), delay, (name, bytes, options) =>
      super.put(name, bodyOf(bytes), options),
    );
  }

  override async put(name: string, body: ObjectBody, options?: PutOptions): Promise<void> {
    await setTimeout(Math.random() * this.#delay);
    await super.put(name, body, options);
    await setTimeout(Math.random() * this.#delay);
  }
}

export function createObjectStore(options: PartedStoreOptions): ObjectStore {
  return new PartedStore(options);
}

/** The uploads in parts that are open in a {@link PartedStore}. */
export async function openUploads(folder: string): Promise<string[]> {
  return readdir(join(folder, "uploads")).catch(() => []);
}

type Keep = (name: string, bytes: Uint8Array, options: PutOptions) => Promise<void>;

/** Each upload is a folder, named by its id and the name of the object. */
class FolderUploads implements MultipartUploads {
  readonly minPartSize = 4000;
  readonly maxPartSize = 40_000;
  readonly maxParts = 1000;
  readonly #folder: string;
  readonly #delay: number;
  readonly #keep: Keep;

  constructor(folder: string, delay: number, keep: Keep) {
    this.#folder = folder;
    this.#delay = delay;
    this.#keep = keep;
  }

  async start(name: string): Promise<MultipartUpload> {
    const id = `${randomUUID()} ${encodeURIComponent(name)}`;
    await mkdir(join(this.#folder, id), { recursive: true });
    await setTimeout(Math.random() * this.#delay);
    return { name, id };
  }

  async putPart({ id }: MultipartUpload, number: number, body: ObjectBody): Promise<UploadedPart> {
    await setTimeout(Math.random() * this.#delay);
    const bytes = Buffer.concat(await Array.fromAsync(readBody(body)));
    await this.#known(() => writeFile(join(this.#folder, id, String(number)), bytes));
    return { number, tag: String(number), crc32: body.checksums.crc32 };
  }

  async list(name: string): Promise<readonly MultipartUpload[]> {
    const ids = await readdir(this.#folder).catch((): string[] => []);
    return ids.filter((id) => id.endsWith(` ${encodeURIComponent(name)}`)).map((id) => ({ name, id }));
  }

  async complete(
    { name, id }: MultipartUpload,
    parts: readonly UploadedPart[],
    options: PutOptions,
  ): Promise<void> {
    const bytes = await this.#known(() =>
      Promise.all(parts.map(({ number }) => readFile(join(this.#folder, id, String(number))))),
    );
    await this.#keep(name, Buffer.concat(bytes), options);
    await setTimeout(Math.random() * this.#delay);
    await rm(join(this.#folder, id), { recursive: true, force: true });
    await setTimeout(Math.random() * this.#delay);
  }

  async abort({ id }: MultipartUpload): Promise<void> {
    await rm(join(this.#folder, id), { recursive: true, force: true });
  }

  async #known<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      throw new ObjectStoreError("UPLOAD_GONE", "there is no such upload", { cause });
    }
  }
}
