const mark: unique symbol = Symbol.for("mlog.error") as never;

/**
 * Every code that `@mlog/core` puts on an error. Destinations add their own; a code, once
 * released, never changes its meaning.
 */
export type CoreErrorCode =
  | "INVALID_ARGUMENT"
  | "INVALID_STEP"
  | "INVALID_NAME"
  | "INVALID_METRIC"
  | "INVALID_TABLE"
  | "INVALID_IMAGE"
  | "INVALID_MASK"
  | "INVALID_TENSOR"
  | "TENSOR_READ_FAILED"
  | "INVALID_TIME"
  | "INVALID_RANK"
  | "INVALID_DESTINATION"
  | "RUN_NAME_REQUIRED"
  | "LOGGER_CLOSED"
  | "INIT_FAILED"
  | "RECORDS_DROPPED"
  | "NOT_SAFE"
  | "NO_UPLOAD_DESTINATION"
  | "NO_DOWNLOAD_DESTINATION"
  | "FILE_NOT_FOUND"
  | "DESTINATION_FAILED";

/**
 * What every error of mlog carries: a `code` that is stable across versions, and a mark by which
 * {@link isMlogError} knows it even when it comes from another copy of this package.
 */
export interface CodedError extends Error {
  readonly code: string;
}

function isMarked(error: object): boolean {
  return (error as { [mark]?: unknown })[mark] === true;
}

/**
 * Tells whether `error` is an error of mlog, and of `code` if one is given. Use it instead of
 * `instanceof`: an application may hold two versions of this package.
 */
export function isMlogError(error: unknown, code?: string): error is CodedError {
  return (
    typeof error === "object" &&
    error !== null &&
    isMarked(error) &&
    (code === undefined || (error as CodedError).code === code)
  );
}

/** Something went wrong that the caller's arguments did not cause. */
export class MlogError extends Error implements CodedError {
  override readonly name: string = "MlogError";
  readonly code: string;
  readonly [mark] = true as const;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An argument has the wrong type. */
export class MlogTypeError extends TypeError implements CodedError {
  override readonly name: string = "MlogTypeError";
  readonly code: string;
  readonly [mark] = true as const;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An argument has the right type and a value that cannot be used. */
export class MlogRangeError extends RangeError implements CodedError {
  override readonly name: string = "MlogRangeError";
  readonly code: string;
  readonly [mark] = true as const;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Several things failed; `errors` holds each, and `code` says what they add up to. */
export class MlogAggregateError extends AggregateError implements CodedError {
  override readonly name: string = "MlogAggregateError";
  readonly code: string;
  readonly [mark] = true as const;

  constructor(code: string, errors: readonly unknown[], message: string) {
    super(errors, message);
    this.code = code;
  }
}

/**
 * A value as it may stand in an error message: its kind and, where that is short, the value
 * itself. Never runs the value's own code, and never prints more than 80 characters of it.
 */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string": {
      const text = JSON.stringify(value.length > 80 ? value.slice(0, 80) : value);
      return value.length > 80 ? `${text}... (${value.length} characters)` : text;
    }
    case "bigint":
      return `${value}n`.slice(0, 80);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "object":
      return value === null ? "null" : Array.isArray(value) ? `an array of ${value.length}` : "an object";
    default:
      return String(value);
  }
}
