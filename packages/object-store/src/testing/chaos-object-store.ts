import type { MultipartUpload, MultipartUploads, UploadedPart } from "../multipart.ts";
import type { ChecksumAlgorithm, ObjectBody } from "../object-body.ts";
import { ObjectStoreError } from "../object-store-error.ts";
import type { ListedObject, ObjectContent, ObjectInfo, ObjectStore } from "../object-store.ts";
import type { GetOptions, ObjectAttributes, PutOptions, RequestOptions } from "../request-options.ts";

/** A request, as it is about to be made. */
export interface ChaosRequest {
  readonly method:
    | "put"
    | "head"
    | "get"
    | "list"
    | "delete"
    | "start"
    | "putPart"
    | "listOpen"
    | "complete"
    | "abort";
  readonly name: string;
  /** How many requests came before. */
  readonly index: number;
}

/**
 * What goes wrong with a request:
 * - an error: it is thrown, and the store does nothing
 * - `"lose"`: the store acts, and its answer is lost
 * - `"duplicate"`: the store acts twice, and the first answer is the one that arrives
 * - `"duplicate-last"`: the store acts twice, and the last answer is the one that arrives
 * - `"hang"`: the store does nothing and never answers, not even when the request is aborted
 * - `late`: the same, but then the store acts all the same
 */
export type Fault =
  | Error
  | "lose"
  | "duplicate"
  | "duplicate-last"
  | "hang"
  | { readonly late: Promise<unknown> };

/** How often which fault comes, each from 0 to 1. */
export interface FaultRates {
  readonly fail?: number;
  readonly lose?: number;
  readonly duplicate?: number;
  readonly hang?: number;
}

/** Faults at random, by numbers from 0 up to 1. */
export function randomFaults(
  { fail = 0, lose = 0, duplicate = 0, hang = 0 }: FaultRates,
  random: () => number,
): (request: ChaosRequest) => Fault | undefined {
  return () => {
    let left = random();
    if ((left -= fail) < 0) return new ObjectStoreError("STORE_UNAVAILABLE", "503");
    if ((left -= lose) < 0) return "lose";
    if ((left -= duplicate) < 0) return random() < 0.5 ? "duplicate" : "duplicate-last";
    if ((left -= hang) < 0) return "hang";
    return undefined;
  };
}

/** Another store, with faults. */
export class ChaosObjectStore implements ObjectStore {
  readonly checksum?: ChecksumAlgorithm;
  readonly maxPutSize?: number;
  readonly multipart?: MultipartUploads;
  readonly #store: ObjectStore;
  readonly #decide: (request: ChaosRequest) => Fault | undefined;
  #requests = 0;
  #acting = 0;

  constructor(store: ObjectStore, decide: (request: ChaosRequest) => Fault | undefined) {
    this.#store = store;
    this.#decide = decide;
    if (store.checksum !== undefined) this.checksum = store.checksum;
    if (store.maxPutSize !== undefined) this.maxPutSize = store.maxPutSize;
    if (store.multipart !== undefined) {
      this.multipart = new ChaosMultipart(store.multipart, (...request) => this.#do(...request));
    }
  }

  /** How many requests were made. */
  get requests(): number {
    return this.#requests;
  }

  /** How many requests the store is working on; those that hang do not count. */
  get acting(): number {
    return this.#acting;
  }

  put(name: string, body: ObjectBody, options?: PutOptions): Promise<void> {
    return this.#do("put", name, options, (given) => this.#store.put(name, body, given));
  }

  head(name: string, options?: RequestOptions): Promise<ObjectInfo> {
    return this.#do("head", name, options, (given) => this.#store.head(name, given));
  }

  get(name: string, options?: GetOptions): Promise<ObjectContent> {
    return this.#do("get", name, options, (given) => this.#store.get(name, given));
  }

  async *list(prefix: string, options?: RequestOptions): AsyncGenerator<ListedObject, void, void> {
    yield* await this.#do("list", prefix, options, async (given) => this.#store.list(prefix, given));
  }

  delete(name: string, options?: RequestOptions): Promise<void> {
    return this.#do("delete", name, options, (given) => this.#store.delete(name, given));
  }

  uri(name: string): string {
    return this.#store.uri(name);
  }

  async close(): Promise<void> {
    await this.#store.close?.();
  }

  async #do<Options extends RequestOptions, Result>(
    method: ChaosRequest["method"],
    name: string,
    options: Options | undefined,
    request: (options: Options | undefined) => Promise<Result>,
  ): Promise<Result> {
    const act = (): Promise<Result> => request(options);
    const fault = this.#decide({ method, name, index: this.#requests++ });
    if (fault instanceof Error) throw fault;
    if (fault === "hang") return new Promise<never>(() => undefined);
    if (typeof fault === "object") {
      await fault.late;
      // What is on its way is not called back.
      await request(options && { ...options, signal: undefined }).catch(() => undefined);
      return new Promise<never>(() => undefined);
    }
    this.#acting++;
    try {
      if (fault === "duplicate-last") await act().catch(() => undefined);
      const result = await act();
      if (fault === "duplicate") await act().catch(() => undefined);
      if (fault === "lose") throw new ObjectStoreError("STORE_UNAVAILABLE", "the connection broke");
      return result;
    } finally {
      this.#acting--;
    }
  }
}

type Do = <Options extends RequestOptions, Result>(
  method: ChaosRequest["method"],
  name: string,
  options: Options | undefined,
  request: (options: Options | undefined) => Promise<Result>,
) => Promise<Result>;

class ChaosMultipart implements MultipartUploads {
  readonly minPartSize: number;
  readonly maxPartSize: number;
  readonly maxParts: number;
  readonly #uploads: MultipartUploads;
  readonly #do: Do;

  constructor(uploads: MultipartUploads, act: Do) {
    this.#uploads = uploads;
    this.#do = act;
    this.minPartSize = uploads.minPartSize;
    this.maxPartSize = uploads.maxPartSize;
    this.maxParts = uploads.maxParts;
  }

  start(name: string, options?: ObjectAttributes & RequestOptions): Promise<MultipartUpload> {
    return this.#do("start", name, options, (given) => this.#uploads.start(name, given));
  }

  putPart(
    upload: MultipartUpload,
    number: number,
    body: ObjectBody,
    options?: RequestOptions,
  ): Promise<UploadedPart> {
    return this.#do("putPart", upload.name, options, (given) =>
      this.#uploads.putPart(upload, number, body, given),
    );
  }

  list(name: string, options?: RequestOptions): Promise<readonly MultipartUpload[]> {
    return this.#do("listOpen", name, options, (given) => this.#uploads.list(name, given));
  }

  complete(upload: MultipartUpload, parts: readonly UploadedPart[], options?: PutOptions): Promise<void> {
    return this.#do("complete", upload.name, options, (given) =>
      this.#uploads.complete(upload, parts, given),
    );
  }

  abort(upload: MultipartUpload, options?: RequestOptions): Promise<void> {
    return this.#do("abort", upload.name, options, (given) => this.#uploads.abort(upload, given));
  }
}
