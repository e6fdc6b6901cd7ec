import { setImmediate as macrotask } from "node:timers/promises";
import type { Clock } from "../src/engine/clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still until somebody moves it, and numbers that come again with their seed. */
export class FakeClock implements Clock {
  readonly #sleepers: Set<Sleeper> = new Set();
  #now = 1_800_000_000_000;
  #state: number;

  constructor(seed = 1) {
    this.#state = seed;
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }

  alarm(ms: number, ring: () => void): () => void {
    const sleeper = { at: this.#now + ms, wake: () => this.#wake(sleeper, ring) };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { at: this.#now + ms, wake: () => this.#wake(sleeper, resolve) };
      if (signal?.aborted === true) return resolve();
      signal?.addEventListener("abort", sleeper.wake, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** Goes from one moment at which something wakes to the next, while `isBusy` does not hold it up, until `done`. */
  async runUntil(done: Promise<unknown>, isBusy: () => boolean): Promise<void> {
    let isDone = false;
    const stop = (): void => void (isDone = true);
    done.then(stop, stop);
    while (!isDone) {
      for (let turn = 0; turn < 3; turn++) await macrotask();
      if (!isBusy() && !isDone) this.#next()?.wake();
    }
    await done;
  }

  /** Goes on by `ms`, in the same way. */
  runFor(ms: number, isBusy: () => boolean): Promise<void> {
    return this.runUntil(this.sleep(ms), isBusy);
  }

  #next(): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) if (sleeper.at < (next?.at ?? Infinity)) next = sleeper;
    this.#now = Math.max(this.#now, next?.at ?? 0);
    return next;
  }

  #wake(sleeper: Sleeper, resolve: () => void): void {
    this.#sleepers.delete(sleeper);
    resolve();
  }
}
