import { MlogError } from "@mlog/core";

/** Failures in a row before anybody is told: one or two are nothing. */
const QUIET = 3;

/** Tells, once per outage, that the server does not answer and where everything waits. */
export class Outage {
  readonly #folder: string;
  readonly #report: (error: Error) => void;
  #told = false;

  constructor(folder: string, report: (error: Error) => void) {
    this.#folder = folder;
    this.#report = report;
  }

  retry(error: unknown, attempt: number): void {
    if (attempt < QUIET || this.#told) return;
    this.#told = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#report(
      new MlogError(
        "WANDB_UNREACHABLE",
        `W&B does not take what is logged (${reason}); it is tried on, and everything waits in ${JSON.stringify(this.#folder)}`,
      ),
    );
  }

  end(): void {
    this.#told = false;
  }
}
