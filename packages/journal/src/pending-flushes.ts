import type { JournalError } from "./journal-error.ts";

interface Pending {
  readonly request: number;
  resolve(): void;
  reject(error: JournalError): void;
}

/** The flushes that the worker has not answered yet. */
export class PendingFlushes {
  #pending: Pending[] = [];

  get size(): number {
    return this.#pending.length;
  }

  /** The promise of flush `request`. */
  add(request: number): Promise<void> {
    return new Promise((resolve, reject) => this.#pending.push({ request, resolve, reject }));
  }

  /** Settles all flushes up to `request`, with why they failed. */
  settle(request: number, error: JournalError | undefined): void {
    const settled = this.#pending.filter((flush) => flush.request <= request);
    this.#pending = this.#pending.filter((flush) => flush.request > request);
    for (const flush of settled) {
      if (error === undefined) flush.resolve();
      else flush.reject(error);
    }
  }
}
