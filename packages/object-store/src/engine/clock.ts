/** Time and chance, so that a test can play a day in a second. */
export interface Clock {
  /** Unix time, in ms. */
  now(): number;
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
  // That of "node:timers/promises" makes an error with its stack for each that ends early: for each request.
  sleep(ms, signal) {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(ms, TIMER_LIMIT)).unref();
      signal?.addEventListener("abort", end);
    });
  },
};
