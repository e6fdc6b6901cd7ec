import type { Clock } from "./clock.ts";

/** The first pause is up to that long, in ms. */
const FIRST = 500;
/** No pause that we choose is longer, in ms. */
const LONGEST = 60_000;
/** Longer than that no store may make us wait, in ms. */
const LONGEST_ASKED = 3_600_000;

/**
 * How long to wait after so many failures in a row, in ms: anything between nothing and a bound that doubles
 * (full jitter), so that many processes do not come back at the same time.
 */
export function pauseAfter(failures: number, clock: Clock, retryAfter = 0): number {
  const bound = Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 20));
  return Math.max(clock.random() * bound, Math.min(retryAfter, LONGEST_ASKED));
}
