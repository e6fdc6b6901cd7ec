const mark: unique symbol = Symbol.for("mlog.error");

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

function putMark(error: Error): void {
  Object.defineProperty(error, mark, { value: true });
}

/**
 * Tells whether `error` is an error of mlog, and of `code` if one is given. Use it instead of
 * `instanceof`: an application may hold two versions of this package.
 */
export function isMlogError(error: unknown, code?: string): error is CodedError {
  const known = Object(error) as CodedError & { [mark]?: unknown };
  return known[mark] === true && (code === undefined || known.code === code);
}

/** Something went wrong that the caller's arguments did not cause. */
export class MlogError extends Error implements CodedError {
  override readonly name: string = "MlogError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    putMark(this);
  }
}

/** An argument has the wrong type. */
export class MlogTypeError extends TypeError implements CodedError {
  override readonly name: string = "MlogTypeError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    putMark(this);
  }
}

/** An argument has the right type and a value that cannot be used. */
export class MlogRangeError extends RangeError implements CodedError {
  override readonly name: string = "MlogRangeError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    putMark(this);
  }
}

/** Several things failed; `errors` holds each, and `code` says what they add up to. */
export class MlogAggregateError extends AggregateError implements CodedError {
  override readonly name: string = "MlogAggregateError";
  readonly code: string;

  constructor(code: string, errors: readonly unknown[], message: string) {
    super(errors, message);
    this.code = code;
    putMark(this);
  }
}

/**
 * How every argument is checked: unless `ok`, throws that `argument must` obey `rule`, and what it is
 * instead. A range error if `value` is of the right `type` and wrong all the same, else a type error.
 */
export function check(
  ok: unknown,
  code: CoreErrorCode,
  argument: string,
  rule: string,
  value: unknown,
  type = "number",
): asserts ok {
  if (ok) return;
  const Kind = typeof value === type ? MlogRangeError : MlogTypeError;
  throw new Kind(code, `${argument} must ${rule}, not ${describe(value)}`);
}

/**
 * {@link check} for an object with properties of its own: a bare number is none, and a `Map` or an
 * array would be taken for empty.
 */
export function checkObject(
  value: unknown,
  argument: string,
  code: CoreErrorCode = "INVALID_ARGUMENT",
): void {
  const isObject = typeof value === "object" && value !== null && !(Symbol.iterator in value);
  check(isObject, code, argument, "be a plain object (no Map or array)", value, "");
}

/**
 * A value as it may stand in an error message: its kind and, where that is short, the value
 * itself. Never runs the value's own code, and never prints more than 80 characters of it.
 */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.slice(0, 80)) + (value.length > 80 ? `... (${value.length} characters)` : "");
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "bigint") return `${value}n`.slice(0, 80);
  if (Object.is(value, -0)) return "-0";
  const kind = typeof value;
  if (value === null || !/object|function|symbol/.test(kind)) return String(value);
  return `${kind === "object" ? "an" : "a"} ${kind}`;
}

/** Anything thrown, in words. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : describe(thrown);
}
