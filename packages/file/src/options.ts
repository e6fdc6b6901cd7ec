import { MlogRangeError, MlogTypeError, describe } from "@mlog/core";

/** What {@link FileLogger} may be told; the defaults are Composer's where it has the option. */
export interface FileLoggerOptions {
  /** The folder that all logs are below, relative to the working directory. Default: `"runs"`. */
  root?: string;
  /**
   * The log below `root`; a format string with `{run_name}`, `{rank}`, `{local_rank}`, `{node_rank}`,
   * `{world_size}`, `{local_world_size}`. Default: `"{run_name}/logs-rank{rank}.jsonl"`, or `.txt`
   * for text.
   */
  filename?: string;
  /**
   * Where the segments of the log go in destinations that take files: a format string with the
   * variables of `filename` and `{start_byte}`; without that one, it names the folder of the segments.
   * Default, also for null: `"run={run_name}/rank={rank}/part-{start_byte}.jsonl"`, or the folder
   * `filename` if that is given.
   */
  remoteFileName?: string | null;
  /** `"jsonl"` (default) can be read back and replayed; `"text"` is Composer's, for people. */
  format?: "jsonl" | "text";
  /** Keep what the process writes to stdout, until the logger is closed. Default: true. */
  captureStdout?: boolean;
  /** As `captureStdout`, for stderr. Default: true. */
  captureStderr?: boolean;
  /**
   * Every how many batches and epochs what was logged is handed to destinations that take files.
   * Default: 100.
   */
  flushInterval?: number;
  /** Keep traces. Default: true. */
  logTraces?: boolean;
  /** Replace an existing log. Default: false, and an existing log is an error. */
  overwrite?: boolean;
  /** Go on with an existing log, in a new session; start one if there is none. Default: false. */
  resume?: boolean;
  /**
   * What survives `kill -9` and a power cut:
   * - `"default"`: all but the last 20 ms; a power cut loses what was not flushed
   * - `"record"`: everything, since each call waits until its record is written; a power cut as above
   * - `"disk"`: as `"default"`, and a power cut loses at most the last 100 ms
   */
  durability?: "default" | "record" | "disk";
  /** How pictures are stored; both lose nothing. Masks are PNG always. Default: `"png"`. */
  imageFormat?: "png" | "webp";
  /**
   * The values that are shown as black and as white; those between are mapped linearly. Default: null,
   * and Composer's rule decides for each picture by its own minimum and maximum.
   */
  imageRange?: readonly [low: number, high: number] | null;
}

/** Options with their defaults. */
export type Settings = Required<Omit<FileLoggerOptions, "remoteFileName">> & {
  readonly remoteFileName: string;
};

const ONE_OF = {
  format: ["jsonl", "text"],
  durability: ["default", "record", "disk"],
  imageFormat: ["png", "webp"],
} as const;

const DEFAULTS = {
  root: "runs",
  filename: "",
  remoteFileName: null,
  format: "jsonl",
  captureStdout: true,
  captureStderr: true,
  flushInterval: 100,
  logTraces: true,
  overwrite: false,
  resume: false,
  durability: "default",
  imageFormat: "png",
  imageRange: null,
} as const satisfies Required<FileLoggerOptions>;

/** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, naming the option and the value */
export function readOptions(options: FileLoggerOptions): Settings {
  if (typeof options !== "object" || options === null) {
    throw new MlogTypeError(
      "INVALID_ARGUMENT",
      `the options of FileLogger must be an object, not ${describe(options)}`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw new MlogTypeError(
        "INVALID_ARGUMENT",
        `FileLogger has no option ${describe(name)}; it has ${Object.keys(DEFAULTS).join(", ")}`,
      );
    }
    if (value !== undefined) check(name as keyof FileLoggerOptions, value);
  }
  if (options.overwrite && options.resume) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      "overwrite and resume exclude each other: set only one of them",
    );
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULTS, ...given } as Required<FileLoggerOptions>;
  const extension = settings.format === "text" ? "txt" : "jsonl";
  return {
    ...settings,
    filename: settings.filename || `{run_name}/logs-rank{rank}.${extension}`,
    // The caller may change its own.
    imageRange: settings.imageRange && [...settings.imageRange],
    remoteFileName: remotePattern(settings.remoteFileName, settings.filename, extension),
  };
}

function remotePattern(remote: string | null, filename: string, extension: string): string {
  const pattern = remote ?? (filename === "" ? "run={run_name}/rank={rank}" : filename);
  return pattern.includes("{start_byte}")
    ? pattern
    : `${pattern.replace(/\/+$/, "")}/part-{start_byte}.${extension}`;
}

function check(name: keyof FileLoggerOptions, value: unknown): void {
  const fallback = DEFAULTS[name];
  if (name === "flushInterval") {
    if (typeof value !== "number") throw wrongType(name, "a number", value);
    if (Number.isSafeInteger(value) && value > 0) return;
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `flushInterval must be a positive integer, not ${describe(value)}`,
    );
  }
  if (typeof fallback === "boolean") {
    if (typeof value !== "boolean") throw wrongType(name, "true or false", value);
    return;
  }
  if (fallback === null && value === null) return;
  if (name === "imageRange") return checkRange(value);
  if (typeof value !== "string") throw wrongType(name, "a string", value);
  if (value === "") throw new MlogRangeError("INVALID_ARGUMENT", `${name} must not be empty`);
  const choices: readonly string[] | undefined =
    name in ONE_OF ? ONE_OF[name as keyof typeof ONE_OF] : undefined;
  if (choices !== undefined && !choices.includes(value)) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `${name} must be one of ${choices.join(", ")}, not ${describe(value)}`,
    );
  }
}

function checkRange(value: unknown): void {
  if (!Array.isArray(value)) throw wrongType("imageRange", "[low, high] or null", value);
  const [low, high] = value as unknown[];
  const isRange = value.length === 2 && Number.isFinite(low) && Number.isFinite(high);
  if (isRange && (low as number) < (high as number) && Number.isFinite((high as number) - (low as number)))
    return;
  throw new MlogRangeError(
    "INVALID_ARGUMENT",
    `imageRange must be [low, high], two finite numbers with low < high, not [${value.map(describe).join(", ")}]`,
  );
}

function wrongType(name: string, wanted: string, value: unknown): MlogTypeError {
  return new MlogTypeError("INVALID_ARGUMENT", `${name} must be ${wanted}, not ${describe(value)}`);
}
