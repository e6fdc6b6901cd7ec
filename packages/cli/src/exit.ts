import { isMlogError } from "@mlog/core";

/** What the process of `mlog` ends with. */
export const EXIT = {
  /** All went well. */
  done: 0,
  /** Something failed, or `verify`, `upload` or `doctor` found something wrong. */
  failed: 1,
  /** An argument or an option is wrong. */
  usage: 2,
  /** There is no such run, folder or log. */
  notFound: 3,
  /** A package that the command needs is not installed. */
  packageMissing: 4,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

const BY_CODE: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: EXIT.usage,
  FILE_EXISTS: EXIT.usage,
  RUN_NOT_FOUND: EXIT.notFound,
  LOG_NOT_FOUND: EXIT.notFound,
  FOLDER_NOT_FOUND: EXIT.notFound,
  PACKAGE_MISSING: EXIT.packageMissing,
};

/** The exit code for what a command threw. */
export function exitCodeOf(error: unknown): number {
  return (isMlogError(error) ? BY_CODE[error.code] : undefined) ?? EXIT.failed;
}
