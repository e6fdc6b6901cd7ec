import { describe, MlogRangeError, MlogTypeError } from "@mlog/core";

/** What {@link TensorboardLogger} may be told; names and defaults are Composer's. */
export interface TensorboardLoggerOptions {
  /** The folder that event files are below, what `tensorboard --logdir` is given. Default: `"tensorboard_logs"`. */
  logDir?: string;
  /** Every how many batches what was logged is handed to destinations that take files. Default: 100. */
  flushInterval?: number;
  /** Only the process of rank 0 writes. Default: true. False: each rank is a run of its own in TensorBoard. */
  rankZeroOnly?: boolean;
}

const DEFAULTS: Required<TensorboardLoggerOptions> = {
  logDir: "tensorboard_logs",
  flushInterval: 100,
  rankZeroOnly: true,
};

/** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, naming the option and the value */
export function readOptions(options: TensorboardLoggerOptions): Required<TensorboardLoggerOptions> {
  if (typeof options !== "object" || options === null) {
    throw new MlogTypeError(
      "INVALID_ARGUMENT",
      `the options of TensorboardLogger must be an object, not ${describe(options)}`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw new MlogTypeError(
        "INVALID_ARGUMENT",
        `TensorboardLogger has no option ${describe(name)}; it has ${Object.keys(DEFAULTS).join(", ")}`,
      );
    }
    const kind = typeof DEFAULTS[name as keyof TensorboardLoggerOptions];
    if (value !== undefined && typeof value !== kind) {
      throw new MlogTypeError("INVALID_ARGUMENT", `${name} must be a ${kind}, not ${describe(value)}`);
    }
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULTS, ...given };
  if (!Number.isSafeInteger(settings.flushInterval) || settings.flushInterval < 1) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `flushInterval must be a positive integer, not ${describe(settings.flushInterval)}`,
    );
  }
  if (settings.logDir === "") throw new MlogRangeError("INVALID_ARGUMENT", "logDir must not be empty");
  return settings;
}
