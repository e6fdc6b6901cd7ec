import type { S3Client } from "@aws-sdk/client-s3";
import { type Attempt, ObjectStoreError, type PutOptions, StoreRequests } from "@mlog/object-store";
import { toObjectStoreError } from "./s3-error.ts";

/** What one attempt at a request is made with. */
export interface S3Attempt extends Attempt {
  readonly client: S3Client;
}

/** Makes requests with a client, and keeps its secrets out of errors. */
export class S3Requests {
  readonly #client: S3Client;
  readonly #requests: StoreRequests;
  /** The credentials were refused: there may be others by now. */
  #isDenied = false;

  constructor(client: S3Client) {
    this.#client = client;
    this.#requests = new StoreRequests((error, what) => this.#translate(error, what));
  }

  /** See `StoreRequests.run`. */
  run<Result>(
    what: string,
    signal: AbortSignal | undefined,
    work: (attempt: S3Attempt) => Promise<Result>,
  ): Promise<Result> {
    return this.#requests.run(what, signal, (attempt) => this.#work(attempt, work));
  }

  /** See `StoreRequests.write`. */
  write<Result>(
    what: string,
    options: PutOptions,
    work: (attempt: S3Attempt) => Promise<Result>,
  ): Promise<Result> {
    return this.#requests.write(what, options, (attempt) => this.#work(attempt, work));
  }

  /** See `StoreRequests.receive`. */
  receive(
    what: string,
    body: unknown,
    length: number | undefined,
    signal: AbortSignal | undefined,
  ): AsyncIterable<Uint8Array> {
    return this.#requests.receive(what, body as AsyncIterable<unknown>, length, signal);
  }

  close(): void {
    this.#client.destroy();
  }

  async #work<Result>(attempt: Attempt, work: (attempt: S3Attempt) => Promise<Result>): Promise<Result> {
    if (this.#isDenied) await this.#client.config.credentials({ forceRefresh: true });
    this.#isDenied = false;
    return work({ ...attempt, client: this.#client });
  }

  async #translate(error: unknown, what: string): Promise<ObjectStoreError> {
    // A server may send back what it was sent.
    const secrets = await this.#client.config.credentials().then(
      ({ secretAccessKey, sessionToken = "" }) => [secretAccessKey, sessionToken],
      () => [],
    );
    const translated = toObjectStoreError(error, what, secrets);
    this.#isDenied ||= translated.code === "ACCESS_DENIED";
    return translated;
  }
}

/** S3 gives an ETag for whatever it has stored. */
export function assertStored(etag: string | undefined, what: string): asserts etag is string {
  if (etag === undefined) throw foreign(`${what} was answered without an ETag`);
}

/** S3 says of every list whether there is more. */
export function assertList({ IsTruncated }: { IsTruncated?: boolean | undefined }, what: string): void {
  if (IsTruncated === undefined) throw foreign(`${what} was not answered with a list`);
}

function foreign(message: string): ObjectStoreError {
  return new ObjectStoreError("NOT_AN_OBJECT_STORE", `${message}, as no S3 does; check the endpoint`);
}
