import { pauseAfter } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import { retryAfterOf, verdictOn } from "./verdict.ts";

/** How a request is tried that somebody waits for, so that it gives up some time. */
export interface Tries {
  readonly most: number;
  /** Of each try, in ms. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether an error that an upload would survive ends this. */
  isFinal?(error: unknown): boolean;
}

/** @throws what the last try threw */
export async function tryOften<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  tries: Tries,
): Promise<Result> {
  const { most, deadline, clock, signal } = tries;
  for (let failures = 1; ; failures++) {
    try {
      return await withDeadline(work, deadline, clock, signal);
    } catch (error) {
      const mayPass = verdictOn(error) === "again" && tries.isFinal?.(error) !== true;
      if (signal.aborted || !mayPass || failures === most) throw error;
      await clock.sleep(pauseAfter(failures, clock, retryAfterOf(error)), signal);
    }
  }
}
