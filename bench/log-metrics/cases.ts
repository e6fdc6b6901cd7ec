import type { Case } from "../harness/measure.ts";
import type { ContenderName } from "../contenders/all.ts";
import type { Parameters } from "./measure-contender.ts";

const PROGRAM = new URL("./measure-contender.ts", import.meta.url);

/** One case per contender, named as the contender. */
export function casesOf(
  contenders: readonly ContenderName[],
  parameters: Omit<Parameters, "contender">,
): Case[] {
  return contenders.map((contender) => ({
    name: contender,
    program: PROGRAM,
    parameters: { contender, ...parameters } satisfies Parameters,
  }));
}
