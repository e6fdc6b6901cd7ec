import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { MlogError } from "@mlog/core";
import { codedFailure } from "./coded-failure.ts";
import { HttpFailure, reasonIn } from "./http-failure.ts";
import type { Operation } from "./operations.ts";
import { GRAPHQL, type RetryOptions, type RetryPolicy, STALLED, STORAGE, withRetry } from "./retry.ts";
import { putSigned, type SignedUpload } from "./signed-put.ts";
import type { Timing } from "./timing.ts";

/** The way to a W&B server and to the object store behind it. Every method rejects with a coded error. */
export interface Connection {
  readonly baseUrl: string;
  /** Asks, and gives the `data` of the answer. Errors that come with status 200 reject, too. */
  graphql<Result>(
    operation: Operation,
    variables: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
    policy?: RetryPolicy,
  ): Promise<Result>;
  /** Puts bytes to a signed URL, without credentials. Rejects with `WANDB_URL_EXPIRED` if it is too old. */
  put(upload: SignedUpload, signal?: AbortSignal): Promise<void>;
  /** Gets a file; with credentials only if it lies below {@link baseUrl}. */
  get(url: string, signal?: AbortSignal): Promise<Response>;
}

/** What an {@link HttpConnection} needs. */
export interface ConnectionOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly userAgent: string;
  readonly timing: Timing;
  /** How often a request is made at most, instead of what its policy says. */
  readonly attempts?: number;
  /** Told of each failure after which a request is made again. */
  onRetry?(error: unknown, attempt: number): void;
}

/** How {@link HttpConnection.post} goes about it. */
export interface PostOptions {
  readonly policy: RetryPolicy;
  /** Whether the server takes compressed bodies. */
  readonly gzip: boolean;
  readonly signal: AbortSignal | undefined;
}

const compress = promisify(gzip);
/** In characters. A sign of life would only grow. */
const WORTH_COMPRESSING = 1024;

/** A {@link Connection} over HTTP. Nothing that can be printed of it has the key. */
export class HttpConnection implements Connection {
  readonly baseUrl: string;
  readonly #authorization: string;
  readonly #redact: (text: string) => string;
  readonly #options: Omit<ConnectionOptions, "apiKey">;

  constructor({ apiKey, ...options }: ConnectionOptions) {
    const token = Buffer.from(`api:${apiKey}`).toString("base64");
    this.baseUrl = options.baseUrl;
    this.#authorization = `Basic ${token}`;
    this.#redact = (text) => text.replaceAll(apiKey, "***").replaceAll(token, "***");
    this.#options = options;
  }

  async graphql<Result>(
    operation: Operation,
    variables: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
    policy: RetryPolicy = GRAPHQL,
  ): Promise<Result> {
    const body = JSON.stringify({ query: operation.document, variables, operationName: operation.name });
    return this.#repeat(operation.what, policy, signal, async (attemptSignal) => {
      const { text, headers } = await this.#post("/graphql", body, attemptSignal);
      // What cannot be parsed came from something in between, and is worth another attempt.
      const answer = JSON.parse(text) as { data?: Result | null; errors?: readonly unknown[] };
      if (answer.errors !== undefined && answer.errors.length > 0) {
        throw new HttpFailure(200, headers, this.#redact(reasonIn(text)));
      }
      if (answer.data === undefined || answer.data === null) throw new Error("the answer has no data");
      return answer.data;
    });
  }

  /**
   * Posts JSON below the base URL, compressed if the server takes that (`gzip`) and it is worth it; gives the text and
   * the headers of the answer. Throws uncoded errors.
   */
  async post(
    path: string,
    text: string,
    { policy, gzip: mayCompress, signal }: PostOptions,
  ): Promise<{ readonly text: string; readonly headers: Headers }> {
    const body = mayCompress && text.length >= WORTH_COMPRESSING ? await compress(text) : text;
    return withRetry(
      (attemptSignal) => this.#post(path, body, attemptSignal),
      this.#retryOptions(policy, signal),
    );
  }

  async put(upload: SignedUpload, signal?: AbortSignal): Promise<void> {
    const stalled = Math.min(STALLED, this.#options.timing.requestTimeout);
    return this.#repeat("an upload", STORAGE, signal, async (attemptSignal) => {
      try {
        await putSigned(upload, stalled, attemptSignal);
      } catch (error) {
        if (!(error instanceof HttpFailure) || (error.status !== 401 && error.status !== 403)) throw error;
        throw new MlogError("WANDB_URL_EXPIRED", `a signed URL is not valid any more: ${error.message}`);
      }
    });
  }

  async get(url: string, signal?: AbortSignal): Promise<Response> {
    const headers = isBelow(url, this.baseUrl) ? this.#headers() : {};
    return this.#repeat("a download", STORAGE, signal, async (attemptSignal) => {
      const response = await fetch(url, { headers, signal: attemptSignal });
      if (!response.ok) {
        throw new HttpFailure(
          response.status,
          response.headers,
          this.#redact(reasonIn(await response.text())),
        );
      }
      return response;
    });
  }

  async #post(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly headers: Headers }> {
    const response = await fetch(this.baseUrl + path, {
      method: "POST",
      headers: {
        ...this.#headers(),
        "content-type": "application/json",
        ...(typeof body !== "string" && { "content-encoding": "gzip" }),
      },
      body,
      signal,
      // Elsewhere the credentials must not go.
      redirect: "manual",
    });
    const text = await response.text();
    if (response.ok) return { text, headers: response.headers };
    throw new HttpFailure(response.status, response.headers, this.#redact(reasonIn(text)));
  }

  #retryOptions(policy: RetryPolicy, signal: AbortSignal | undefined): RetryOptions {
    const { timing, onRetry, attempts = policy.attempts } = this.#options;
    return { policy: { ...policy, attempts }, timing, signal, ...(onRetry && { onRetry }) };
  }

  #headers(): Record<string, string> {
    return { authorization: this.#authorization, "user-agent": this.#options.userAgent };
  }

  async #repeat<Result>(
    what: string,
    policy: RetryPolicy,
    signal: AbortSignal | undefined,
    attempt: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await withRetry(attempt, this.#retryOptions(policy, signal));
    } catch (error) {
      if (signal?.aborted) throw error;
      throw codedFailure(error, what);
    }
  }
}

/** Whether a URL is one of this server's, by origin and by path. */
export function isBelow(url: string, baseUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const target = new URL(url);
  const base = new URL(baseUrl);
  const folder = base.pathname.endsWith("/") ? base.pathname : `${base.pathname}/`;
  return target.origin === base.origin && target.pathname.startsWith(folder);
}
