import { assertSafeName, formatName, type State } from "@mlog/core";

/** Enough digits for every safe integer, so that names sort as the bytes do. */
const DIGITS = 16;

/**
 * The remote name of the segment that begins with byte `start` of a log.
 *
 * @throws MlogRangeError `INVALID_NAME`
 */
export function segmentName(
  pattern: string,
  { runName, ranks }: Pick<State, "runName" | "ranks">,
  start: number,
): string {
  const start_byte = String(start).padStart(DIGITS, "0");
  const name = formatName(pattern, { runName, ranks, start_byte }).replace(/^\/+/, "");
  assertSafeName(name, "remoteFileName");
  return name;
}
