import {
  assertSafeName,
  describe,
  formatName,
  formatNameWithTime,
  MlogRangeError,
  type State,
} from "@mlog/core";

/** Enough digits for every safe integer, so that names sort as the bytes do. */
const DIGITS = 16;

type Who = Pick<State, "runName" | "ranks" | "timestamp">;

/**
 * The remote name of the segment that begins with byte `start` of a log.
 *
 * @throws MlogRangeError `INVALID_NAME`
 */
export function segmentName(pattern: string, state: Who, start: number): string {
  const { runName, ranks } = state;
  const start_byte = String(start).padStart(DIGITS, "0");
  const name = formatName(pattern, { runName, ranks, start_byte }).replace(/^\/+/, "");
  assertSafeName(name, "remoteFileName");
  assertTimeless(name, state, "remoteFileName");
  return name;
}

/**
 * Refuses the variables of time, which uploads fill in: the name of a log and its segments may not
 * change while it grows.
 *
 * @throws MlogRangeError `INVALID_NAME`
 */
export function assertTimeless(name: string, state: Who, argument: string): void {
  if (formatNameWithTime(name, state) === name) return;
  throw new MlogRangeError(
    "INVALID_NAME",
    `${argument} may not depend on the time of training: ${describe(name)}`,
  );
}
