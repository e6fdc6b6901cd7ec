import type { S3Client } from "@aws-sdk/client-s3";
import { ObjectStoreError } from "@mlog/object-store";
import { toObjectStoreError } from "./s3-error.ts";

/** What one attempt at a request is made with. */
export interface Attempt {
  readonly client: S3Client;
  /** To be given to every `client.send`. */
  readonly abortSignal: AbortSignal;
  /** Ends the attempt because its body cannot be read. */
  readonly broken: (error: unknown) => void;
}

/** Makes requests, and says in the words of object stores how they fail. */
export class S3Requests {
  readonly #client: S3Client;

  constructor(client: S3Client) {
    this.#client = client;
  }

  /**
   * @param what - For errors, such as `"PUT s3://bucket/name"`.
   * @throws ObjectStoreError, or the reason of `signal`
   */
  async run<Result>(
    what: string,
    signal: AbortSignal | undefined,
    work: (attempt: Attempt) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const broken = new AbortController();
    const abortSignal = signal === undefined ? broken.signal : AbortSignal.any([signal, broken.signal]);
    try {
      return await work({
        client: this.#client,
        abortSignal,
        broken: (error) => broken.abort(error),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw await this.#translate(broken.signal.aborted ? broken.signal.reason : error, what);
    }
  }

  /** The bytes of an answer, all that were announced. */
  async *receive(
    what: string,
    body: unknown,
    length: number | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, void> {
    let received = 0;
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        signal?.throwIfAborted();
        received += chunk.length;
        yield chunk;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw await this.#translate(error, what);
    }
    if (length === undefined || received === length) return;
    throw new ObjectStoreError(
      "STORE_UNAVAILABLE",
      `${what} failed: ${received} bytes came instead of ${length}`,
    );
  }

  close(): void {
    this.#client.destroy();
  }

  async #translate(error: unknown, what: string): Promise<ObjectStoreError> {
    // A server may send back what it was sent.
    const secrets = await this.#client.config.credentials().then(
      ({ secretAccessKey, sessionToken = "" }) => [secretAccessKey, sessionToken],
      () => [],
    );
    return toObjectStoreError(error, what, secrets);
  }
}

/** S3 gives an ETag for whatever it has stored. */
export function assertStored(etag: string | undefined, what: string): asserts etag is string {
  if (etag !== undefined) return;
  throw new ObjectStoreError(
    "NOT_AN_OBJECT_STORE",
    `${what} was answered without an ETag, as no S3 does; check the endpoint`,
  );
}
