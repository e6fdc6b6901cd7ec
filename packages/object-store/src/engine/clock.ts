/** Time and chance, so that a test can play a day in a second. */
export interface Clock {
  /** Unix time, in ms. */
  now(): number;
  /** Calls `ring` after `ms`, unless what it gives is called before; keeps no process alive. */
  alarm(ms: number, ring: () => void): () => void;
  /** Resolves after `ms`, or at once when `signal` says so; keeps no process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 up to, and without, 1. */
  random(): number;
}

/** The longest delay of a timer, in ms. */
const TIMER_LIMIT = 2 ** 31 - 1;

/** The clock of the machine. */
export const machineClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  alarm(ms, ring) {
    const timer = setTimeout(ring, Math.min(ms, TIMER_LIMIT)).unref();
    return () => clearTimeout(timer);
  },
  // That of "node:timers/promises" makes an error with its stack for each that ends early.
  sleep(ms, signal) {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const cancel = machineClock.alarm(ms, end);
      signal?.addEventListener("abort", end);
    });
  },
};
