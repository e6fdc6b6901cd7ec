import type { MultipartUpload, MultipartUploads, UploadedPart } from "../multipart.ts";
import type { ObjectBody } from "../object-body.ts";
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
 */
export type Fault = Error | "lose" | "duplicate" | "duplicate-last" | "hang";

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
  readonly wantsMd5?: boolean;
  readonly maxPutSize?: number;
  readonly multipart?: MultipartUploads;
  readonly #store: ObjectStore;
  readonly #decide: (request: ChaosRequest) => Fault | undefined;
  #requests = 0;
  #acting = 0;

  constructor(store: ObjectStore, decide: (request: ChaosRequest) => Fault | undefined) {
    this.#store = store;
    this.#decide = decide;
    if (store.wantsMd5 !== undefined) this.wantsMd5 = store.wantsMd5;
    if (store.maxPutSize !== undefined) this.maxPutSize = store.maxPutSize;
    if (store.multipart !== undefined) {
      this.multipart = new ChaosMultipart(store.multipart, (method, name, act) =>
        this.#do(method, name, act),
      );
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
    return this.#do("put", name, () => this.#store.put(name, body, options));
  }

  head(name: string, options?: RequestOptions): Promise<ObjectInfo> {
    return this.#do("head", name, () => this.#store.head(name, options));
  }

  get(name: string, options?: GetOptions): Promise<ObjectContent> {
    return this.#do("get", name, () => this.#store.get(name, options));
  }

  async *list(prefix: string, options?: RequestOptions): AsyncGenerator<ListedObject, void, void> {
    yield* await this.#do("list", prefix, async () => this.#store.list(prefix, options));
  }

  delete(name: string, options?: RequestOptions): Promise<void> {
    return this.#do("delete", name, () => this.#store.delete(name, options));
  }

  uri(name: string): string {
    return this.#store.uri(name);
  }

  async close(): Promise<void> {
    await this.#store.close?.();
  }

  async #do<Result>(
    method: ChaosRequest["method"],
    name: string,
    act: () => Promise<Result>,
  ): Promise<Result> {
    const fault = this.#decide({ method, name, index: this.#requests++ });
    if (fault instanceof Error) throw fault;
    if (fault === "hang") return new Promise<never>(() => undefined);
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

type Do = <Result>(
  method: ChaosRequest["method"],
  name: string,
  act: () => Promise<Result>,
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
    return this.#do("start", name, () => this.#uploads.start(name, options));
  }

  putPart(
    upload: MultipartUpload,
    number: number,
    body: ObjectBody,
    options?: RequestOptions,
  ): Promise<UploadedPart> {
    return this.#do("putPart", upload.name, () => this.#uploads.putPart(upload, number, body, options));
  }

  list(name: string, options?: RequestOptions): Promise<readonly MultipartUpload[]> {
    return this.#do("listOpen", name, () => this.#uploads.list(name, options));
  }

  complete(upload: MultipartUpload, parts: readonly UploadedPart[], options?: PutOptions): Promise<void> {
    return this.#do("complete", upload.name, () => this.#uploads.complete(upload, parts, options));
  }

  abort(upload: MultipartUpload, options?: RequestOptions): Promise<void> {
    return this.#do("abort", upload.name, () => this.#uploads.abort(upload, options));
  }
}
