import type { SdkRow } from "./protocol.ts";

/** Calls as rows of strictly rising steps: `@wandb/sdk` would put values of anything else into wrong rows. */
export class StepRows {
  #step = -1;
  #values: Record<string, number> = {};
  #calls = 0;

  /** How many calls the open row has. */
  get calls(): number {
    return this.#calls;
  }

  /** Whether values of `step` would come too late. */
  isPast(step: number): boolean {
    return step < this.#step;
  }

  /** Adds values to the row of their step, which is not past. Returns the row that this closes, if any. */
  add(step: number, values: Readonly<Record<string, number>>): SdkRow | undefined {
    const closed = step > this.#step ? this.close() : undefined;
    this.#step = step;
    this.#calls++;
    Object.assign(this.#values, values);
    return closed;
  }

  /** Ends the open row, if there is one. */
  close(): SdkRow | undefined {
    if (this.#calls === 0) return undefined;
    const row = { step: this.#step, values: this.#values, calls: this.#calls };
    this.#values = {};
    this.#calls = 0;
    return row;
  }
}
