import { MlogError, check } from "./errors.ts";

const WORDS = "bear bison crane crow deer dove fox hare heron lynx moose otter owl raven seal wren".split(
  " ",
);

/**
 * A name for a run that was given none, such as `1795377236-otter-wren`: the seconds first, so that
 * names sort by age, as in Composer.
 *
 * @param time - Unix milliseconds.
 * @param random - Gives numbers from 0 to below 1. Default: `Math.random`.
 */
export function makeRunName(time: number, random: () => number = Math.random): string {
  const pick = (): string => WORDS[Math.floor(random() * WORDS.length)]!;
  return `${Math.floor(time / 1000)}-${pick()}-${pick()}`;
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
      `give every State the same runName: each of the ${worldSize} ranks would make its own`,
    );
  }
  check(
    typeof given === "string" && /^[^\0]{1,256}$/.test(given),
    "INVALID_NAME",
    "runName",
    "have 1 to 256 characters, no NUL among them",
    given,
    "string",
  );
  return given;
}
