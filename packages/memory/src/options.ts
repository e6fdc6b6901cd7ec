import { describe, MlogRangeError, MlogTypeError } from "@mlog/core";

/** How much an `InMemoryLogger` keeps; `Infinity` is allowed everywhere. */
export interface InMemoryLoggerOptions {
  /** Newest points kept of each metric. Default: Infinity, all of them. */
  readonly maxPointsPerMetric?: number | undefined;
  /** Newest calls of `logImages` kept. Default: 1 000. */
  readonly maxImageBatches?: number | undefined;
  /** Newest tables kept. Default: 1 000. */
  readonly maxTables?: number | undefined;
  /** Newest histograms kept. Default: 10 000. */
  readonly maxHistograms?: number | undefined;
  /** Newest traced values kept, each name of a call counted. Default: 10 000. */
  readonly maxTraces?: number | undefined;
  /**
   * Bytes of pixels and masks kept, in picture batches and, counted apart, in tables. Default:
   * 268 435 456 (256 MiB) each. The newest record is kept even if it alone is larger.
   */
  readonly maxPixelBytes?: number | undefined;
}

/** Every limit, with its value. */
export type Limits = { readonly [Name in keyof InMemoryLoggerOptions]-?: number };

const DEFAULTS: Limits = {
  maxPointsPerMetric: Infinity,
  maxImageBatches: 1000,
  maxTables: 1000,
  maxHistograms: 10_000,
  maxTraces: 10_000,
  maxPixelBytes: 256 * 1024 * 1024,
};

/** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT` */
export function readOptions(options: InMemoryLoggerOptions): Limits {
  if (typeof options !== "object" || options === null) {
    throw new MlogTypeError("INVALID_ARGUMENT", `options must be an object, got ${describe(options)}`);
  }
  const read: Record<keyof Limits, number> = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof Limits)[]) {
    const value = options[name] ?? DEFAULTS[name];
    if (value !== Infinity && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new MlogRangeError(
        "INVALID_ARGUMENT",
        `${name} must be an integer of at least 1, or Infinity, got ${describe(value)}`,
      );
    }
    read[name] = value;
  }
  return read;
}
