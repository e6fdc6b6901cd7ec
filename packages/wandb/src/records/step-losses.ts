import { MlogError } from "@mlog/core";

/** Counts the calls that came for a step that was over; tells of the first, and of all at the end. */
export class StepLosses {
  readonly #report: (error: Error) => void;
  readonly #onLoss: () => void;
  #count = 0;
  #lowest = Infinity;
  #highest = -Infinity;

  constructor(report: (error: Error) => void, onLoss: () => void) {
    this.#report = report;
    this.#onLoss = onLoss;
  }

  get count(): number {
    return this.#count;
  }

  add(step: number, current: number): void {
    this.#count++;
    this.#lowest = Math.min(this.#lowest, step);
    this.#highest = Math.max(this.#highest, step);
    this.#onLoss();
    if (this.#count > 1) return;
    this.#report(
      new MlogError(
        "STEPS_DROPPED",
        `a call for step ${step} came when the run was at step ${current} already: W&B keeps no earlier steps, so it is ` +
          "lost there; further ones are counted, and told when the run is closed",
      ),
    );
  }

  /** The run has ended. */
  end(): void {
    if (this.#count <= 1) return;
    this.#report(
      new MlogError(
        "STEPS_DROPPED",
        `${this.#count} calls for the steps ${this.#lowest} to ${this.#highest} came after a later step, and are lost to W&B`,
      ),
    );
  }
}
