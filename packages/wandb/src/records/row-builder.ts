/** A finished row of the history. */
export interface Row {
  readonly step: number;
  /** When it was last added to, in Unix ms. */
  readonly time: number;
  /** Name -> extended JSON. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * W&B's rule of steps: a row takes values as long as its step is the latest, a later step closes it, and
 * what comes for an earlier step cannot be kept. Empty rows are none.
 */
export class RowBuilder {
  #step: number;
  #time = 0;
  #values = new Map<string, string>();

  /** @param firstStep earlier steps belong to an earlier session of a resumed run */
  constructor(firstStep = 0) {
    this.#step = firstStep;
  }

  /** The step of the open row. */
  get step(): number {
    return this.#step;
  }

  /** Whether values of `step` would come too late. */
  isPast(step: number): boolean {
    return step < this.#step;
  }

  /** Adds to the row of `step`, which is not past. Returns the row that this closes, if any. */
  add(step: number, time: number, values: Iterable<readonly [name: string, text: string]>): Row | undefined {
    const closed = step > this.#step ? this.close() : undefined;
    this.#step = step;
    this.#time = Math.max(this.#time, time);
    for (const [name, text] of values) this.#values.set(name, text);
    return closed;
  }

  /** Ends the open row; undefined if it has no values. */
  close(): Row | undefined {
    const row = { step: this.#step, time: this.#time, values: this.#values };
    if (row.values.size === 0) return undefined;
    this.#values = new Map();
    return row;
  }
}
