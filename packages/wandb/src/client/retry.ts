import { setTimeout as sleep } from "node:timers/promises";
import { isMlogError } from "@mlog/core";
import { HttpFailure } from "./http-failure.ts";
import type { Timing } from "./timing.ts";

/** When a request is made again. */
export interface RetryPolicy {
  /** How often it is made at most. */
  readonly attempts: number;
  /** How long one attempt may take, in ms; undefined: as long as it gets on. */
  readonly attemptTimeout: number | undefined;
  /** Whether another attempt is worth it, after `count` that failed. */
  retries(failure: HttpFailure, count: number): boolean;
}

const FINAL = new Set([400, 401, 403, 404, 409, 410, 413, 422, 501]);

/** Any failure that the same request may not meet again. */
function isTransient({ status }: HttpFailure): boolean {
  return status >= 400 && !FINAL.has(status);
}

export const GRAPHQL: RetryPolicy = { attempts: 20, attemptTimeout: 30_000, retries: isTransient };

/** After how many conflicts over a run the answer is taken for the last: about a minute. */
const CONFLICTS = 5;

/** As {@link GRAPHQL}, but that two processes may be making the same run or project. */
export const UPSERT: RetryPolicy = {
  ...GRAPHQL,
  retries(failure, count) {
    const isConflict = failure.status === 409 && !/deleted/i.test(failure.message);
    return isTransient(failure) || (isConflict && count <= CONFLICTS);
  },
};

/** Attempts for about 7 days: an outage costs time and no rows. */
export const PATIENCE = 10_085;

export const FILE_STREAM: RetryPolicy = { attempts: PATIENCE, attemptTimeout: 180_000, retries: isTransient };

/** After how long without a byte a transfer is given up, in ms. */
export const STALLED = 180_000;

/** For signed URLs, which belong to an object store. What goes there may be large, and the line slow. */
export const STORAGE: RetryPolicy = {
  attempts: 20,
  attemptTimeout: undefined,
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
    const deadline =
      policy.attemptTimeout === undefined
        ? undefined
        : AbortSignal.timeout(Math.min(policy.attemptTimeout, timing.requestTimeout));
    try {
      return await attempt(AbortSignal.any([signal, deadline].filter((each) => each !== undefined)));
    } catch (error) {
      signal?.throwIfAborted();
      const failure = error instanceof HttpFailure ? error : undefined;
      const isFinal = isMlogError(error) || (failure !== undefined && !policy.retries(failure, count));
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
