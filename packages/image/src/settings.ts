import { MlogRangeError, MlogTypeError, describe } from "@mlog/core";

/** How pixels become a file. Without options: PNG, by Composer's rule. */
export interface EncodeOptions {
  /** Default: `"png"`. WebP is lossless too. */
  readonly format?: "png" | "webp" | undefined;
  /** PNG: 0 (none) to 9. Default: 2. */
  readonly compressionLevel?: number | undefined;
  /** PNG: choose a filter per row. Default: true. */
  readonly adaptiveFiltering?: boolean | undefined;
  /** WebP: 0 (fast) to 6. Default: 0. */
  readonly effort?: number | undefined;
  /**
   * Values to show as 0 and as 255; those between are mapped linearly and rounded to the nearest,
   * those beyond are clipped. Default: Composer's rule, by which each picture's own minimum and
   * maximum decide.
   */
  readonly range?: readonly [low: number, high: number] | undefined;
}

/** What the encoder of a format is told. */
export type FormatSettings =
  | { readonly format: "png"; readonly compressionLevel: number; readonly adaptiveFiltering: boolean }
  | { readonly format: "webp"; readonly effort: number };

/** Options with their defaults. */
export type Settings = FormatSettings & { readonly range: readonly [low: number, high: number] | undefined };

/**
 * Checks options and fills in the defaults.
 *
 * @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`
 */
export function readSettings(options: EncodeOptions = {}): Settings {
  const { format = "png", compressionLevel = 2, adaptiveFiltering = true, effort = 0 } = options;
  assertInteger(compressionLevel, "compressionLevel", 0, 9);
  assertInteger(effort, "effort", 0, 6);
  if (typeof adaptiveFiltering !== "boolean") {
    throw new MlogTypeError(
      "INVALID_ARGUMENT",
      `adaptiveFiltering must be true or false, not ${describe(adaptiveFiltering)}`,
    );
  }
  const range = readRange(options.range);
  if (format === "png") return { format, compressionLevel, adaptiveFiltering, range };
  if (format === "webp") return { format, effort, range };
  throw new MlogRangeError("INVALID_ARGUMENT", `format must be "png" or "webp", not ${describe(format)}`);
}

/** @throws MlogRangeError `INVALID_ARGUMENT` */
export function assertInteger(value: number, name: string, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `${name} must be an integer from ${low} to ${high}, not ${describe(value)}`,
    );
  }
}

function readRange(range: EncodeOptions["range"]): Settings["range"] {
  if (range === undefined) return undefined;
  const [low, high] = Array.isArray(range) ? (range as readonly [number, number]) : [NaN, NaN];
  if (!Number.isFinite(low) || !Number.isFinite(high) || !Number.isFinite(high - low) || low >= high) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `range must be [low, high], two finite numbers with low < high, not ${
        Array.isArray(range) ? `[${range.map(describe).join(", ")}]` : describe(range)
      }`,
    );
  }
  return [low, high];
}
