import { isMlogError } from "@mlog/core";
import { ObjectStoreError } from "./object-store-error.ts";
import type { PutOptions } from "./request-options.ts";

/** What one attempt at a request is made with. */
export interface Attempt {
  /** To be given to whatever makes the request. */
  readonly abortSignal: AbortSignal;
  /** Ends the attempt because its body cannot be read. */
  readonly broken: (error: unknown) => void;
}

/** Says in the words of object stores how `what`, such as `"PUT s3://bucket/name"`, failed. */
export type TranslateError = (error: unknown, what: string) => ObjectStoreError | Promise<ObjectStoreError>;

/** Makes the requests of a store, for whoever writes one: each once, with its errors translated. */
export class StoreRequests {
  readonly #translate: TranslateError;

  constructor(translate: TranslateError) {
    this.#translate = translate;
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
    const attempt = new AbortController();
    let breach: { readonly error: unknown } | undefined;
    const broken = (error: unknown): void => {
      breach = { error };
      attempt.abort(error);
    };
    // Cheaper than a signal that follows both.
    const stop = (): void => attempt.abort(signal?.reason);
    signal?.addEventListener("abort", stop);
    try {
      return await work({ abortSignal: attempt.signal, broken });
    } catch (error) {
      signal?.throwIfAborted();
      throw await this.#translate(breach === undefined ? error : breach.error, what);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /**
   * As {@link run}, for a request that makes an object: if that was to replace a version, whatever the store finds instead is
   * `OBJECT_CHANGED`.
   */
  async write<Result>(
    what: string,
    { ifVersion, signal }: PutOptions,
    work: (attempt: Attempt) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await this.run(what, signal, work);
    } catch (error) {
      const isOther = isMlogError(error, "OBJECT_EXISTS") || isMlogError(error, "OBJECT_NOT_FOUND");
      if (ifVersion === undefined || !isOther) throw error;
      throw new ObjectStoreError("OBJECT_CHANGED", error.message, { cause: error });
    }
  }

  /**
   * The bytes of an answer, all that were announced.
   *
   * @param length - In bytes; undefined if none was announced.
   * @throws ObjectStoreError, `STORE_UNAVAILABLE` if fewer came; the reason of `signal`
   */
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
      throw await this.#translate(error, what);
    }
    if (length === undefined || received === length) return;
    throw new ObjectStoreError(
      "STORE_UNAVAILABLE",
      `${what} failed: ${received} bytes came instead of ${length}`,
    );
  }
}
