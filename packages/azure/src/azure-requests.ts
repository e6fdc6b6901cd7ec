import { ObjectStoreError } from "@mlog/object-store";
import { toObjectStoreError } from "./azure-error.ts";

/** What one attempt at a request is made with. */
export interface Attempt {
  /** To be given to every call of the SDK. */
  readonly abortSignal: AbortSignal;
  /** Ends the attempt because its body cannot be read. */
  readonly broken: (error: unknown) => void;
}

/** Makes requests, and says in the words of object stores how they fail. */
export class AzureRequests {
  readonly #secrets: readonly string[];

  /** @param secrets - What no message may hold. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /**
   * @param what - For errors, such as `"PUT https://..."`.
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
      return await work({ abortSignal, broken: (error) => broken.abort(error) });
    } catch (error) {
      signal?.throwIfAborted();
      const cause: unknown = broken.signal.aborted ? broken.signal.reason : error;
      throw toObjectStoreError(cause, what, this.#secrets);
    }
  }

  /** The bytes of an answer, all that were announced. */
  async *receive(
    what: string,
    body: AsyncIterable<unknown> | undefined,
    length: number | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, void> {
    let received = 0;
    try {
      for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
        signal?.throwIfAborted();
        received += chunk.length;
        yield chunk;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw toObjectStoreError(error, what, this.#secrets);
    }
    if (length === undefined || received === length) return;
    throw new ObjectStoreError(
      "STORE_UNAVAILABLE",
      `${what} failed: ${received} bytes came instead of ${length}`,
    );
  }
}
