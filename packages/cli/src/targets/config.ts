import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, type LoggerDestination, MlogError, type State } from "@mlog/core";
import type { Target } from "./target.ts";

type Make = (rank: number, state: State) => LoggerDestination | readonly LoggerDestination[];

/**
 * A module whose default export is a function that makes the destinations of a rank.
 *
 * @throws MlogError `INVALID_ARGUMENT`; what the module throws
 */
export async function targetFromConfig(path: string): Promise<Target> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as typeof module;
  } catch (cause) {
    throw new MlogError(
      "INVALID_ARGUMENT",
      `the config ${describe(path)} cannot be loaded: ${String(cause)}`,
      { cause },
    );
  }
  const make = module.default;
  if (typeof make !== "function") {
    throw new MlogError(
      "INVALID_ARGUMENT",
      `the default export of ${describe(path)} must be a function (rank, state) => destinations, not ${describe(make)}`,
    );
  }
  return { make: (rank, state) => [(make as Make)(rank, state)].flat() };
}
