import type { Stamp } from "@mlog/core";
import type { Logged } from "./timeseries.ts";

/** A table, picture batch, histogram or trace, under its name. */
export interface Entry<T> extends Logged<T> {
  readonly name: string;
}

interface Kept<T> extends Entry<T> {
  readonly pixelBytes: number;
}

/** How many records are kept, and how many bytes of pixels may hang on them. */
export interface RecordLimits {
  readonly records: number;
  readonly pixelBytes: number;
}

/**
 * Records of one kind, by name and in logging order. Beyond their limits the oldest records of any
 * name go first; the newest one is kept whatever its size.
 */
export interface Records<T> extends Iterable<Entry<T>> {
  /** Records kept. */
  readonly size: number;
  /** Records that had to go for newer ones. */
  readonly evicted: number;
  /** Bytes of the pixels and masks of the records kept; pixels that several records share count for each. */
  readonly pixelBytes: number;
  /** The names of the records kept, in the order of their first use. */
  readonly names: readonly string[];
  /** The newest record of this name. */
  get(name: string): T | undefined;
  /** All records of this name that are kept, oldest first, with their steps and times. */
  history(name: string): Entry<T>[];
  /** All records that are kept, oldest first. */
  [Symbol.iterator](): Iterator<Entry<T>>;
}

/** {@link Records} that grow. */
export class RecordStore<T> implements Records<T> {
  readonly #limits: RecordLimits;
  readonly #entries = new Set<Kept<T>>();
  readonly #latest = new Map<string, Kept<T>>();
  #pixelBytes = 0;
  #evicted = 0;

  constructor(limits: RecordLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  get evicted(): number {
    return this.#evicted;
  }

  get pixelBytes(): number {
    return this.#pixelBytes;
  }

  get names(): string[] {
    return [...this.#latest.keys()];
  }

  get(name: string): T | undefined {
    return this.#latest.get(name)?.value;
  }

  history(name: string): Entry<T>[] {
    return [...this].filter((entry) => entry.name === name);
  }

  [Symbol.iterator](): Iterator<Entry<T>> {
    return this.#entries.values();
  }

  add(name: string, value: T, stamp: Stamp, pixelBytes = 0): void {
    const { step, time, timestamp } = stamp;
    const entry = Object.freeze({ name, value, step, time, timestamp, pixelBytes });
    this.#entries.add(entry);
    this.#latest.set(name, entry);
    this.#pixelBytes += pixelBytes;
    while (this.#entries.size > 1 && this.#isFull()) this.#evictOldest();
  }

  #isFull(): boolean {
    return this.#entries.size > this.#limits.records || this.#pixelBytes > this.#limits.pixelBytes;
  }

  #evictOldest(): void {
    const [oldest] = this.#entries;
    this.#entries.delete(oldest!);
    if (this.#latest.get(oldest!.name) === oldest) this.#latest.delete(oldest!.name);
    this.#pixelBytes -= oldest!.pixelBytes;
    this.#evicted++;
  }
}
