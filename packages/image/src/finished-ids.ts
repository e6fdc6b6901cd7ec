/** How many ids are kept; who reads too late misses older ones, and hears of them by message. */
const KEPT = 1024;

/** Tells another thread at once which requests are finished, even while that does not read its messages. */
export class FinishedIds {
  /** To be handed to the other thread. How many were added, then the last of them. */
  readonly memory: Int32Array<SharedArrayBuffer>;
  #taken = 0;

  constructor(memory: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4 * (1 + KEPT)))) {
    this.memory = memory;
  }

  /** By one thread only. */
  add(id: number): void {
    const added = Atomics.load(this.memory, 0);
    Atomics.store(this.memory, 1 + (added % KEPT), id);
    Atomics.store(this.memory, 0, added + 1);
  }

  /** Those added since the last call, by the other thread only. */
  *take(): Iterable<number> {
    const added = Atomics.load(this.memory, 0);
    // What is overwritten meanwhile is overwritten by ids that are finished too.
    for (this.#taken = Math.max(this.#taken, added - KEPT); this.#taken < added; this.#taken++) {
      yield Atomics.load(this.memory, 1 + (this.#taken % KEPT));
    }
  }
}
