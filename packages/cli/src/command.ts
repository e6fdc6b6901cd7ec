import { Command, InvalidArgumentError } from "commander";
import { DEFAULT_ROOT } from "./run-path.ts";

/** What every command can be told. */
export interface CommonOptions {
  readonly json?: true;
}

/** What commands about runs can be told beside. */
export interface RunOptions extends CommonOptions {
  readonly root: string;
}

/** A command with the options that all have. */
export function newCommand(name: string, description: string): Command {
  return new Command(name).description(description).option("--json", "give the result as JSON");
}

/** A command about runs, which may be named below a root. */
export function newRunCommand(name: string, description: string): Command {
  return newCommand(name, description).option(
    "--root <folder>",
    "where runs are looked for by name",
    DEFAULT_ROOT,
  );
}

/** Reads an option that is a whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
  };
}

/** Gathers an option that may be given several times. */
export function several(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
