import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { parseExtended } from "../extended-json.ts";
import type { RunState } from "./run-state.ts";

const FILES: Readonly<Record<string, (state: RunState) => string>> = {
  // Python reads YAML 1.1, in which a bare `on` is true.
  "config.yaml": (state) => stringify(parseExtended(state.printConfig()), { version: "1.1" }),
  "wandb-summary.json": (state) => state.summary.print(),
};

/** The files that a finished run has beside those that it logged. */
export const FINAL_FILES: readonly string[] = Object.keys(FILES);

/** Writes them; throws what `node:fs` throws. */
export function writeFinalFiles(folder: string, state: RunState): void {
  for (const [name, print] of Object.entries(FILES)) writeFileSync(join(folder, name), print(state));
}

/** Writes those that are not there: a run that was cut off has none, nor has one that Python's client left offline. */
export function addFinalFiles(folder: string, state: RunState): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, print] of Object.entries(FILES)) {
    if (!existsSync(join(folder, name))) writeFileSync(join(folder, name), print(state));
  }
}
