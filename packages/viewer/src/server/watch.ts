import { setTimeout } from "node:timers/promises";
import type { RunLibrary } from "./run-library.ts";

/** Has the library look again and again, for as long as somebody wants to know. */
export class Watch {
  readonly #library: RunLibrary;
  readonly #onError: (error: unknown) => void;
  readonly #closing = new AbortController();
  #watchers = 0;
  #running: Promise<void> | undefined;

  constructor(library: RunLibrary, onError: (error: unknown) => void) {
    this.#library = library;
    this.#onError = onError;
  }

  /** @returns what ends it */
  watch(): () => void {
    this.#watchers++;
    this.#start();
    return () => this.#watchers--;
  }

  /** Looks once, whether or not somebody watches. */
  look(): Promise<void> {
    return this.#library.refresh().catch(this.#onError);
  }

  close(): Promise<void> {
    this.#closing.abort();
    return this.#running ?? Promise.resolve();
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#watchers > 0 && !signal.aborted) {
      await this.look();
      // A folder with very many files shall not keep the machine busy.
      const pause = Math.max(this.#library.source.maxAge, 10 * this.#library.lookTime);
      await setTimeout(pause, undefined, { ref: false, signal }).catch(() => {});
    }
  }
}
