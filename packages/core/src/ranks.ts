import { check, checkObject } from "./errors.ts";

/** Which process of a distributed training this is. Ranks count from 0. */
export interface Ranks {
  /** Among all processes, below `worldSize`. Environment: RANK. Default: 0. */
  readonly rank: number;
  /** Among the processes of its machine, below `localWorldSize`. Environment: LOCAL_RANK. Default: 0. */
  readonly localRank: number;
  /** Of its machine, below `worldSize`. Environment: NODE_RANK. Default: 0. */
  readonly nodeRank: number;
  /** How many processes there are. Environment: WORLD_SIZE. Default: 1. */
  readonly worldSize: number;
  /** How many of them are on its machine. Environment: LOCAL_WORLD_SIZE. Default: 1. */
  readonly localWorldSize: number;
}

/** Some of the ranks. */
export type GivenRanks = { readonly [Name in keyof Ranks]?: Ranks[Name] | undefined };

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The ranks of this process, frozen: what is given, else what the environment variables say that
 * torchrun and Composer set, else one process alone. A variable that must not be read (Deno) counts as
 * not set.
 *
 * @param env - Default: `process.env` where there is one, read at the call.
 * @throws MlogRangeError `INVALID_RANK`, naming the option or variable, for anything that is not an
 * integer in range; MlogTypeError `INVALID_RANK` if `given` is not an object.
 */
export function readRanks(given: GivenRanks = {}, env?: Environment): Ranks {
  checkObject(given, "ranks", "INVALID_RANK");
  const read = (name: keyof Ranks, low: number, high: number): number => {
    let value: unknown = given[name];
    let source = `ranks.${name}`;
    if (value === undefined) {
      source = name.replace(/[A-Z]/g, "_$&").toUpperCase();
      const text = readVariable(source, env) ?? `${low}`;
      value = /^\d+$/.test(text) ? Number(text) : text;
    }
    const rank = value as number;
    const inRange = Number.isSafeInteger(rank) && rank >= low && rank <= high;
    // Always a range error: the variables of the environment are text.
    check(inRange, "INVALID_RANK", source, `be an integer from ${low} to ${high}`, value, typeof value);
    return rank;
  };
  const worldSize = read("worldSize", 1, Number.MAX_SAFE_INTEGER);
  const localWorldSize = read("localWorldSize", 1, worldSize);
  return Object.freeze({
    rank: read("rank", 0, worldSize - 1),
    localRank: read("localRank", 0, localWorldSize - 1),
    nodeRank: read("nodeRank", 0, worldSize - 1),
    worldSize,
    localWorldSize,
  });
}

function readVariable(name: string, env?: Environment): string | undefined {
  try {
    return (env ?? (globalThis as { process?: { env?: Environment } }).process!.env!)[name];
  } catch {
    // There is no environment, or it must not be read.
    return undefined;
  }
}
