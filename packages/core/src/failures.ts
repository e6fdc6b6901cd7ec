import { MlogError, describe, isMlogError } from "./errors.ts";

declare const console: { error(message: string): void };

/** Hears of everything that goes wrong in a destination. */
export type ErrorListener = (error: Error, destination: string) => void;

/** Errors kept to be thrown again by `flush()` or `close()`; further ones are only counted. */
const KEPT = 16;

/** Anything thrown, as an `Error` with a code. */
export function toError(thrown: unknown): Error {
  if (isMlogError(thrown) || (thrown instanceof Error && "code" in thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : `threw ${describe(thrown)}`;
  return new MlogError("DESTINATION_FAILED", message, { cause: thrown });
}

/** What went wrong in one destination: told to `onError` at once, and kept if it cost something that was logged. */
export class Failures {
  readonly #destination: string;
  readonly #onError: ErrorListener;
  #kept: Error[] = [];

  constructor(destination: string, onError: ErrorListener) {
    this.#destination = destination;
    this.#onError = onError;
  }

  /** Something is not safe. Never throws. */
  add(thrown: unknown): void {
    if (this.#kept.length < KEPT) this.#kept.push(toError(thrown));
    this.tell(thrown);
  }

  /** Something that costs nothing by itself. Never throws. */
  tell(thrown: unknown): void {
    const error = toError(thrown);
    try {
      this.#onError(error, this.#destination);
    } catch (fault) {
      console.error(`mlog: onError threw ${fault instanceof Error ? fault.message : describe(fault)}`);
    }
  }

  /** What was added since the last call. */
  take(): readonly Error[] {
    const kept = this.#kept;
    this.#kept = [];
    return kept;
  }
}

/** The default `onError`: one line per destination and code on stderr, and at the end their count. */
export class StderrReport {
  readonly #counts = new Map<string, number>();

  readonly report: ErrorListener = (error, destination) => {
    const key = `${destination}: ${(error as { code?: unknown }).code as string}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count === 1) console.error(`mlog: ${key}: ${error.message}`);
  };

  summarize(): void {
    for (const [key, count] of this.#counts) {
      if (count > 1) console.error(`mlog: ${key}: ${count} times in all`);
    }
    this.#counts.clear();
  }
}
