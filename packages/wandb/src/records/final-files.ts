import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { parseExtended } from "../extended-json.ts";
import type { RunState } from "./run-state.ts";

/** The files that a finished run has beside those that it logged. */
export const FINAL_FILES: readonly string[] = ["config.yaml", "wandb-summary.json"];

/** Writes them; throws what `node:fs` throws. */
export function writeFinalFiles(folder: string, state: RunState): void {
  writeFileSync(join(folder, "config.yaml"), stringify(parseExtended(state.printConfig())));
  writeFileSync(join(folder, "wandb-summary.json"), state.summary.print());
}
