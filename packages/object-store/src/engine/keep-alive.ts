/** The longest delay of a timer, in ms. */
const LONG = 2 ** 31 - 1;

/** Keeps the process alive, which the pauses between attempts do not. */
export class KeepAlive {
  #timer: NodeJS.Timeout | undefined;
  #awaited = 0;

  set(isAlive: boolean): void {
    if (!isAlive) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else {
      this.#timer ??= setInterval(() => undefined, LONG);
    }
  }

  /** Until `work` ends. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    this.#awaited++;
    this.set(true);
    try {
      return await work;
    } finally {
      this.set(--this.#awaited > 0);
    }
  }
}
