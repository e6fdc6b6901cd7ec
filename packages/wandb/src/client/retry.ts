import { setTimeout as sleep } from "node:timers/promises";
import { MlogError } from "@mlog/core";
import { HttpFailure } from "./http-failure.ts";
import type { Timing } from "./timing.ts";

/** When a request is made again. */
export interface RetryPolicy {
  /** How often it is made at most. */
  readonly attempts: number;
  /** How long one attempt may take, in ms. */
  readonly attemptTimeout: number;
  retries(failure: HttpFailure): boolean;
}

const FINAL = new Set([400, 401, 403, 404, 409, 410, 413, 422, 501]);

/** Any failure that the same request may not meet again. */
function isTransient({ status }: HttpFailure): boolean {
  return status >= 400 && !FINAL.has(status);
}

export const GRAPHQL: RetryPolicy = { attempts: 20, attemptTimeout: 30_000, retries: isTransient };

/** Attempts for about 7 days: an outage costs time and no rows. */
export const PATIENCE = 10_085;

export const FILE_STREAM: RetryPolicy = { attempts: PATIENCE, attemptTimeout: 180_000, retries: isTransient };

/** For signed URLs, which belong to an object store. */
export const STORAGE: RetryPolicy = {
  attempts: 20,
  attemptTimeout: 180_000,
  retries: ({ status }) => status === 408 || status === 429 || (status >= 500 && status !== 501),
};

/** What goes on while a request is repeated. */
export interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly timing: Timing;
  readonly signal: AbortSignal | undefined;
  /** Told of each failure after which the request is made again. */
  onRetry?(error: unknown, attempt: number): void;
}

/**
 * Makes a request until it succeeds, fails for good, or was made often enough. The wait doubles, with a
 * quarter of jitter; what the server asks for goes before, however long it is.
 *
 * @throws what the last attempt threw, or the reason of the signal
 */
export async function withRetry<Result>(
  attempt: (signal: AbortSignal) => Promise<Result>,
  { policy, timing, signal, onRetry }: RetryOptions,
): Promise<Result> {
  for (let count = 1; ; count++) {
    signal?.throwIfAborted();
    const deadline = AbortSignal.timeout(Math.min(policy.attemptTimeout, timing.requestTimeout));
    try {
      return await attempt(signal === undefined ? deadline : AbortSignal.any([signal, deadline]));
    } catch (error) {
      signal?.throwIfAborted();
      const failure = error instanceof HttpFailure ? error : undefined;
      const isFinal = error instanceof MlogError || (failure !== undefined && !policy.retries(failure));
      if (isFinal || count >= policy.attempts) throw error;
      onRetry?.(error, count);
      await sleep(failure?.retryAfter ?? backOff(count, timing), undefined, { signal });
    }
  }
}

function backOff(count: number, { minDelay, maxDelay }: Timing): number {
  const delay = Math.min(maxDelay, minDelay * 2 ** Math.min(count - 1, 20));
  return delay * (1 + Math.random() / 4);
}
