import type { State } from "@mlog/core";

/** Moments over which the rate is taken. */
const MOMENTS = 50;

/** How far a training is, and how fast. */
export interface ProgressView {
  /** From 0 to 1; undefined where the end is not known. */
  readonly total: number | undefined;
  /** From 0 to 1; undefined where the batches of an epoch are not known. */
  readonly epoch: number | undefined;
  /** Batches of this epoch that are done. */
  readonly batch: number;
  /** Batches of an epoch, where known. */
  readonly batchesPerEpoch: number | undefined;
  /** Batches per second, lately. */
  readonly rate: number | undefined;
  /** Until the end, in seconds. */
  readonly secondsLeft: number | undefined;
}

/** Follows a `State`. Times are of a clock in milliseconds that the caller reads. */
export class Progress {
  readonly #state: Pick<State, "timestamp" | "maxDuration">;
  #batchesPerEpoch: number | undefined;
  #start: { readonly time: number; readonly total: number } | undefined;
  readonly #moments: { readonly time: number; readonly batch: number }[] = [];

  constructor(state: Pick<State, "timestamp" | "maxDuration">, batchesPerEpoch: number | undefined) {
    this.#state = state;
    this.#batchesPerEpoch = batchesPerEpoch;
  }

  /** An epoch of `batches` batches has ended. */
  endEpoch(batches: number): void {
    if (batches > 0) this.#batchesPerEpoch = batches;
  }

  /** How far it is at `time`. */
  look(time: number): ProgressView {
    const { batchInEpoch, epoch } = this.#state.timestamp;
    const batches = this.#batchesPerEpoch;
    const { maxDuration } = this.#state;
    // After the last epoch there is no next one: the last one stays.
    const isOver = maxDuration?.unit === "ep" && epoch >= maxDuration.value && batchInEpoch === 0;
    const batch = isOver && batches !== undefined ? batches : batchInEpoch;
    const total = this.#total();
    return {
      total,
      batch,
      epoch: batches === undefined ? undefined : Math.min(1, batch / batches),
      batchesPerEpoch: this.#batchesPerEpoch,
      rate: this.#rate(time),
      secondsLeft: this.#secondsLeft(time, total),
    };
  }

  #total(): number | undefined {
    const { timestamp, maxDuration } = this.#state;
    if (maxDuration === undefined || maxDuration.unit === "dur" || maxDuration.value <= 0) return undefined;
    const batches = this.#batchesPerEpoch;
    const isInEpoch = maxDuration.unit === "ep" && batches !== undefined;
    const part = isInEpoch ? Math.min(1, timestamp.batchInEpoch / batches) : 0;
    return Math.min(1, (timestamp.get(maxDuration.unit).value + part) / maxDuration.value);
  }

  #rate(time: number): number | undefined {
    const { batch } = this.#state.timestamp;
    const moments = this.#moments;
    const first = moments[0];
    // Training that goes back to a checkpoint begins anew.
    if (first !== undefined && batch < first.batch) moments.length = 0;
    moments.push({ time, batch });
    if (moments.length > MOMENTS) moments.shift();
    const elapsed = time - moments[0]!.time;
    return elapsed > 0 ? ((batch - moments[0]!.batch) / elapsed) * 1000 : undefined;
  }

  #secondsLeft(time: number, total: number | undefined): number | undefined {
    if (total === undefined) return undefined;
    if (this.#start === undefined || total < this.#start.total) this.#start = { time, total };
    const done = total - this.#start.total;
    if (done <= 0) return undefined;
    return (((1 - total) / done) * (time - this.#start.time)) / 1000;
  }
}
