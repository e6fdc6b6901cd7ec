import { MlogAggregateError, MlogError, isMlogError, reasonOf } from "./errors.ts";

declare const console: { error(message: string): void };

/** Hears of everything that goes wrong in a destination. */
export type ErrorListener = (error: Error, destination: string) => void;

/** Anything thrown, as an `Error` with a code. */
export function toError(thrown: unknown): Error {
  return isMlogError(thrown) || (thrown instanceof Error && "code" in thrown)
    ? thrown
    : new MlogError("DESTINATION_FAILED", reasonOf(thrown), { cause: thrown });
}

/** Several errors as one, whose message has the first three different ones of theirs. */
export function combine(code: string, errors: readonly Error[]): MlogAggregateError {
  const messages = [...new Set(errors.map(reasonOf))].slice(0, 3);
  return new MlogAggregateError(code, errors, messages.join("; "));
}

/** @throws what went wrong in a transfer, as one error: `DESTINATION_FAILED` if there are several */
export function throwAny(errors: readonly Error[]): void {
  if (errors.length > 1) throw combine("DESTINATION_FAILED", errors);
  if (errors.length > 0) throw errors[0]!;
}

/** The default `onError`: one line per destination and code on stderr, and at the end their count. */
export class StderrReport {
  readonly #counts: Record<string, number> = {};

  readonly report: ErrorListener = (error, destination) => {
    const key = `mlog: ${destination}: ${(error as { code?: unknown }).code as string}: `;
    this.#counts[key] = (this.#counts[key] ?? 0) + 1;
    if (this.#counts[key] === 1) console.error(key + error.message);
  };

  summarize(): void {
    for (const [key, count] of Object.entries(this.#counts)) {
      if (count > 1) console.error(`${key}${count} times in all`);
    }
  }
}
