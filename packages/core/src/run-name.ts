import { describe, MlogError, MlogRangeError, MlogTypeError } from "./errors.ts";

const QUALITIES =
  "amber bold brave calm clear eager fair fine gentle glad keen kind late lucid mild neat quiet rapid sharp sunny swift tidy warm wise";
const ANIMALS =
  "bear bison crane crow deer dove eagle falcon finch fox hare hawk heron ibis koala lark lynx moose otter owl panda raven seal wren";

/**
 * A name for a run that was given none, such as `1795377236-keen-otter`: the seconds first, so that
 * names sort by age, as in Composer.
 *
 * @param time - Unix milliseconds.
 * @param random - Gives numbers from 0 to below 1. Default: `Math.random`.
 */
export function makeRunName(time: number, random: () => number = Math.random): string {
  const pick = (words: string): string => {
    const list = words.split(" ");
    return list[Math.floor(random() * list.length)]!;
  };
  return `${Math.floor(time / 1000)}-${pick(QUALITIES)}-${pick(ANIMALS)}`;
}

/**
 * The run's name: the given one, or for a single process a made one. Slashes are allowed, as in
 * Composer; whoever makes a path of it checks the path.
 *
 * @param time - Unix milliseconds, for a made name.
 * @throws MlogError `RUN_NAME_REQUIRED` without a name and with more than one process, where each
 * would make its own; MlogTypeError `INVALID_NAME` if the name is not a string; MlogRangeError
 * `INVALID_NAME` if it is empty, longer than 256 UTF-16 units or contains NUL.
 */
export function resolveRunName(given: string | undefined, worldSize: number, time: number): string {
  if (given === undefined) {
    if (worldSize === 1) return makeRunName(time);
    throw new MlogError(
      "RUN_NAME_REQUIRED",
      `give the State of each rank the same runName: without, each of the ${worldSize} would make its own`,
    );
  }
  if (typeof given === "string" && given.length > 0 && given.length <= 256 && !given.includes("\0"))
    return given;
  const Kind = typeof given === "string" ? MlogRangeError : MlogTypeError;
  throw new Kind(
    "INVALID_NAME",
    `runName must be a string of 1 to 256 characters without NUL, not ${describe(given)}`,
  );
}
