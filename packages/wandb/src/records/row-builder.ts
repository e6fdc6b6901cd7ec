import type { Item } from "../wandb-file/messages.ts";

/** A finished row of the history. */
export interface Row {
  readonly step: number;
  /** When it was last added to, in Unix ms. */
  readonly time: number;
  readonly items: readonly Item[];
}

/**
 * W&B's rule of steps: a row takes values as long as its step is the latest, a later step closes it, and
 * what comes for an earlier step cannot be kept. Empty rows are none.
 */
export class RowBuilder {
  #step: number;
  #time = 0;
  /** By name, or by path. */
  #items = new Map<string, Item>();

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
  add(step: number, time: number, items: Iterable<Item>): Row | undefined {
    const closed = step > this.#step ? this.close() : undefined;
    this.#step = step;
    this.#time = Math.max(this.#time, time);
    for (const item of items) {
      if (item.key !== undefined) this.#items.set(item.key, item);
      else {
        const path = `\u0000${JSON.stringify(item.nested_key)}`;
        // At the end, since what is nested in a value counts only behind the value.
        this.#items.delete(path);
        this.#items.set(path, item);
      }
    }
    return closed;
  }

  /** Ends the open row; undefined if it has no values. */
  close(): Row | undefined {
    if (this.#items.size === 0) return undefined;
    const row = { step: this.#step, time: this.#time, items: [...this.#items.values()] };
    this.#items = new Map();
    return row;
  }
}
