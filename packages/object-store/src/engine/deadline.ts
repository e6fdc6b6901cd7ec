import { ObjectStoreError } from "../object-store-error.ts";
import type { Clock } from "./clock.ts";

/** The slowest transfer that is not taken for a dead one, in bytes per second. */
const SLOWEST = 64 * 1024;

/** How long a request of `size` bytes may take, in ms. */
export function deadlineFor(size: number, timeout: number): number {
  return timeout + (size / SLOWEST) * 1000;
}

/**
 * Does `work`, whose signal comes when `signal` does or after `ms`. It need not obey: this ends all the
 * same.
 *
 * @throws ObjectStoreError `STORE_UNAVAILABLE` after `ms`; the reason of `signal`; what `work` throws
 */
export async function withDeadline<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  ms: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result> {
  signal.throwIfAborted();
  const request = new AbortController();
  const over = new AbortController();
  let stop!: () => void;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      request.abort(signal.reason);
      reject(signal.reason as Error);
    };
  });
  signal.addEventListener("abort", stop, { once: true });
  const late = clock.sleep(ms, over.signal).then((): never | Promise<never> => {
    if (over.signal.aborted) return new Promise<never>(() => undefined);
    const error = new ObjectStoreError("STORE_UNAVAILABLE", `no answer within ${Math.round(ms / 1000)} s`);
    request.abort(error);
    throw error;
  });
  const working = work(request.signal);
  working.catch(() => undefined);
  try {
    return await Promise.race([working, late, stopped]);
  } finally {
    // Without a reason it would make an error with its stack.
    over.abort(null);
    signal.removeEventListener("abort", stop);
  }
}
