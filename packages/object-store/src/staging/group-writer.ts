/** Who waits for an item. */
interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** Writes items in groups, each of all that came while the one before was written: one sync is for many. */
export class GroupWriter<Item, Result> {
  readonly #write: (items: readonly Item[]) => Promise<readonly Result[]>;
  #waiting: Waiting<Item, Result>[] = [];
  #writing: Promise<void> | undefined;

  /** @param write - Gives a result for each item. It is not called again before it has ended. */
  constructor(write: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#write = write;
  }

  /** Resolves when the item is written. @throws what `write` throws */
  add(item: Item): Promise<Result> {
    const added = new Promise<Result>((resolve, reject) => this.#waiting.push({ item, resolve, reject }));
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
    return added;
  }

  /** Resolves when nothing is being written any more. */
  async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // Whatever comes in the same moment is of the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const results = await this.#write(group.map(({ item }) => item));
        for (const [index, { resolve }] of group.entries()) resolve(results[index]!);
      } catch (error) {
        for (const { reject } of group) reject(error as Error);
      }
    }
  }
}
