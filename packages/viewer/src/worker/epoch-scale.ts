/** More boundaries than this are not remembered: the epochs after them have no parts. */
const MAX_EPOCHS = 65_536;

/** Places batches within their epochs, so that a curve over epochs is a curve and no row of walls. */
export class EpochScale {
  /** Ascending, with the first batch that was seen in each. */
  readonly #epochs: number[];
  readonly #starts: number[];
  #lastBatch: number;

  constructor(state: EpochScaleState = { epochs: [], starts: [], lastBatch: 0 }) {
    this.#epochs = [...state.epochs];
    this.#starts = [...state.starts];
    this.#lastBatch = state.lastBatch;
  }

  /** Learns from a record: `batch` batches were complete, and `epoch` epochs. */
  see(epoch: number, batch: number): void {
    if (batch > this.#lastBatch) this.#lastBatch = batch;
    const last = this.#epochs.at(-1);
    if ((last !== undefined && epoch <= last) || this.#epochs.length >= MAX_EPOCHS) return;
    if (batch < (this.#starts.at(-1) ?? 0)) return;
    this.#epochs.push(epoch);
    this.#starts.push(batch);
  }

  /** How many epochs were complete at `batch`, with the part of the one that had begun. */
  toEpoch(batch: number): number {
    const at = Math.max(0, lastAtMost(this.#starts, batch));
    const start = this.#starts[at] ?? 0;
    const share = Math.max(0, (batch - start) / this.#batchesPerEpoch(at));
    const next = this.#epochs[at + 1];
    return (this.#epochs[at] ?? 0) + (next === undefined ? Math.min(1, share) : share);
  }

  /** The inverse of {@link toEpoch}. */
  toBatch(epoch: number): number {
    if (!Number.isFinite(epoch)) return epoch;
    const at = Math.max(0, lastAtMost(this.#epochs, epoch));
    return (this.#starts[at] ?? 0) + (epoch - (this.#epochs[at] ?? 0)) * this.#batchesPerEpoch(at);
  }

  state(): EpochScaleState {
    return { epochs: this.#epochs, starts: this.#starts, lastBatch: this.#lastBatch };
  }

  #batchesPerEpoch(at: number): number {
    const whole = (of: number): number =>
      (this.#starts[of + 1]! - this.#starts[of]!) / (this.#epochs[of + 1]! - this.#epochs[of]!);
    if (at + 1 < this.#epochs.length) return whole(at) || 1;
    const sofar = this.#lastBatch - (this.#starts[at] ?? 0) + 1;
    return at > 0 ? Math.max(whole(at - 1), sofar) : sofar;
  }
}

export interface EpochScaleState {
  readonly epochs: readonly number[];
  readonly starts: readonly number[];
  readonly lastBatch: number;
}

/** The place of the last of ascending numbers that is at most `limit`; -1 if there is none. */
function lastAtMost(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
