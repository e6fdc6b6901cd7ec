/** The uploads of this process that have not arrived, and whether it has to stay alive for them. */
export class Arrivals {
  /** By their keys: whether each is staged. */
  readonly #orders: Map<number, boolean> = new Map();
  /** It has been told that uploads wait: there is no telling for how long. */
  #isDelayed = false;

  get areAwaited(): boolean {
    return this.#orders.size > 0 && !this.#isDelayed;
  }

  add(key: number): void {
    this.#orders.set(key, false);
  }

  staged(key: number): void {
    this.#orders.set(key, true);
  }

  /** @param key - Undefined for what another process left. */
  uploaded(key: number | undefined): void {
    this.#isDelayed = false;
    this.failed(key);
  }

  /** @param key - Undefined for what another process left. */
  failed(key: number | undefined): void {
    if (key !== undefined) this.#orders.delete(key);
  }

  /** @param code - Of the error that was told. */
  reported(code: unknown): void {
    this.#isDelayed ||= code === "UPLOADS_DELAYED" || code === "UPLOADS_PARKED";
  }

  /** None is to arrive any more. @returns the key of each, and whether it is staged */
  end(): readonly (readonly [key: number, isStaged: boolean])[] {
    const orders = [...this.#orders];
    this.#orders.clear();
    return orders;
  }
}
