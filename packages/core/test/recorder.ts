import type { Event, LoggerDestination, Stamp } from "../src/index.ts";

export interface RecordedCall {
  readonly verb: string;
  readonly record: unknown;
  readonly stamp: Stamp;
}

/** A destination that notes every call; numbers are copied, as the contract asks. */
export function recorder(
  overrides: Partial<LoggerDestination> = {},
): LoggerDestination & { readonly calls: RecordedCall[] } {
  const calls: RecordedCall[] = [];
  const note = (verb: string) => (record: unknown, stamp: Stamp) => {
    calls.push({ verb, record, stamp });
  };
  return {
    name: "recorder",
    specVersion: 1,
    calls,
    logHyperparameters: note("hyperparameters"),
    logMetrics: (metrics, stamp) => note("metrics")(Object.fromEntries(metrics), stamp),
    logTable: note("table"),
    logImages: note("images"),
    logHistogram: note("histogram"),
    logTraces: note("traces"),
    onEvent: (event: Event, stamp: Stamp) => note("event")(event, stamp),
    ...overrides,
  };
}

/** What `action` throws; fails if it throws nothing. */
export function thrownBy(action: () => unknown): Error & { code?: string } {
  try {
    action();
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error("nothing was thrown");
}

/** What `promise` rejects with; fails if it does not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<AggregateError & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as AggregateError & { code?: string };
  }
  throw new Error("nothing was rejected");
}
