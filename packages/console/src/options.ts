import { describe, MlogRangeError, MlogTypeError, Time } from "@mlog/core";

/** Where lines go: `"stdout"`, `"stderr"`, or a stream of one's own. */
export type ConsoleStream = "stdout" | "stderr" | NodeJS.WritableStream;

/** What {@link ConsoleLogger} may be told; names and defaults are Composer's. */
export interface ConsoleLoggerOptions {
  /**
   * How often metrics are printed: a time in batches (`"10ba"`) or epochs (`"1ep"`), or a number of epochs.
   * Default: `"1ba"`.
   */
  logInterval?: string | number | Time;
  /** Default: `"stderr"`. */
  stream?: ConsoleStream;
  /** Print traces too. Default: false. */
  logTraces?: boolean;
  /**
   * Leave out what `logInterval` would print, and keep hyperparameters, evaluation results and the last metrics.
   * Default: whether the environment variable `CI` is set when the logger is made.
   */
  quiet?: boolean;
}

/** What {@link ProgressBarLogger} may be told. */
export interface ProgressBarLoggerOptions {
  /** Default: `"stderr"`. The bar is drawn where it is a terminal; elsewhere there are plain lines. */
  stream?: ConsoleStream;
  /** Whose latest values are shown. Default: the first three that are logged. */
  metrics?: readonly string[];
  /** Batches of an epoch. Default: learned from the first epoch that ends. */
  batchesPerEpoch?: number;
  /** Without a terminal: the least time between two lines, in milliseconds. Default: 10 000. */
  lineInterval?: number;
}

type Check = (name: string, value: unknown) => void;

/** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, naming the option and the value */
export function checkOptions(owner: string, options: object, checks: Readonly<Record<string, Check>>): void {
  if (typeof options !== "object" || options === null) {
    throw new MlogTypeError(
      "INVALID_ARGUMENT",
      `the options of ${owner} must be an object, not ${describe(options)}`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      throw new MlogTypeError(
        "INVALID_ARGUMENT",
        `${owner} has no option ${describe(name)}; it has ${Object.keys(checks).join(", ")}`,
      );
    }
    if (value !== undefined) checks[name]!(name, value);
  }
}

/** A check that `value` is a boolean. */
export function isBoolean(name: string, value: unknown): void {
  if (typeof value !== "boolean") throw wrongType(name, "true or false", value);
}

/** A check that `value` is a whole number above 0. */
export function isCount(name: string, value: unknown): void {
  if (typeof value !== "number") throw wrongType(name, "a number", value);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `${name} must be a positive integer, not ${describe(value)}`,
    );
  }
}

/** A check that `value` is a list of names. */
export function isNames(name: string, value: unknown): void {
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    throw wrongType(name, "an array of metric names", value);
  }
}

/** A check that `value` says where lines go. */
export function isStream(name: string, value: unknown): void {
  if (typeof value === "string") {
    if (value === "stdout" || value === "stderr") return;
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `${name} must be "stdout", "stderr" or a stream, not ${describe(value)}`,
    );
  }
  if (typeof (Object(value) as { write?: unknown }).write !== "function") {
    throw wrongType(name, '"stdout", "stderr" or a stream', value);
  }
}

/** The stream itself. Named ones are looked up now, so that one that was replaced before is taken. */
export function toStream(stream: ConsoleStream = "stderr"): NodeJS.WritableStream {
  return typeof stream === "string" ? process[stream] : stream;
}

/** @throws MlogTypeError or MlogRangeError `INVALID_TIME` or `INVALID_ARGUMENT` */
export function toInterval(given: string | number | Time): Time {
  const interval = typeof given === "number" ? new Time(given, "ep") : Time.parse(given);
  if ((interval.unit !== "ep" && interval.unit !== "ba") || interval.value < 1) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `logInterval must be at least one batch or epoch, such as "10ba" or "1ep", not ${describe(`${interval}`)}`,
    );
  }
  return interval;
}

function wrongType(name: string, kind: string, value: unknown): MlogTypeError {
  return new MlogTypeError("INVALID_ARGUMENT", `${name} must be ${kind}, not ${describe(value)}`);
}
