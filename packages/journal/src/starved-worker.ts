import { FAILING, STARVED, TAIL, type Ring } from "./ring.ts";

/**
 * How long a full ring may make the appending thread wait, in ms: since the worker was last seen to
 * write, and altogether until the ring is half empty again. A busy disk may well take half of it.
 */
const PATIENCE = 1000;

/**
 * Waits, within limits, for a worker that lacks a processor or a disk that does other work first. Only
 * a flood fills the ring within a second of the last write seen, and then a pause beats a loss. A disk
 * that hangs under a normal load is never waited for: its last write is long ago when the ring is full.
 */
export class StarvedWorker {
  readonly #control: Int32Array;
  readonly #ringWords: number;
  #patience = PATIENCE;
  #seenTail = 0;
  #seenTailAt: number = performance.now();

  constructor(ring: Ring) {
    this.#control = ring.control;
    this.#ringWords = ring.memory.data.byteLength / 8;
  }

  /** Looks whether the worker has written; `backlog` is what waits for it, in bytes. */
  watch(backlog: number): void {
    if (backlog <= this.#ringWords * 4) this.#patience = PATIENCE;
    const tail = Atomics.load(this.#control, TAIL);
    if (tail === this.#seenTail) return;
    this.#seenTail = tail;
    this.#seenTailAt = performance.now();
  }

  /** Waits until half of the ring, full as of `tail`, is written, or patience ends. */
  waitFor(tail: number): void {
    const control = this.#control;
    const start = performance.now();
    const end = Math.min(start + this.#patience, this.#seenTailAt + PATIENCE);
    Atomics.store(control, STARVED, 1);
    for (;;) {
      const now = Atomics.load(control, TAIL);
      const rest = end - performance.now();
      const written = ((now - tail) | 0) >= this.#ringWords / 2;
      if (written || rest <= 0 || Atomics.load(control, FAILING) !== 0) break;
      Atomics.wait(control, TAIL, now, rest);
    }
    Atomics.store(control, STARVED, 0);
    this.#patience -= performance.now() - start;
  }
}
