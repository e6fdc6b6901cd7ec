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
export function withDeadline<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  ms: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result> {
  // By hand: promises that race, and signals that follow others, cost each small request a part of its time.
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new AbortController();
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", stop);
    };
    const fail = (error: Error): void => {
      end();
      reject(error);
    };
    const stop = (): void => {
      request.abort(signal.reason);
      fail(signal.reason as Error);
    };
    const cancel = clock.alarm(ms, () => {
      const error = new ObjectStoreError("STORE_UNAVAILABLE", `no answer within ${Math.round(ms / 1000)} s`);
      request.abort(error);
      fail(error);
    });
    signal.addEventListener("abort", stop);
    work(request.signal).then((result) => {
      end();
      resolve(result);
    }, fail);
  });
}
