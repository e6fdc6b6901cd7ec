import type { Run } from "./run.ts";
import { checkSummary } from "./summary-rules.ts";
import type { Violations } from "./violations.ts";
import type { World } from "./world.ts";

/** What must be true when a run says that it is complete. */
export function checkCompletion(run: Run, world: World, violations: Violations): void {
  const missing = [...run.files].filter(([, { bytes }]) => bytes === undefined).map(([name]) => name);
  if (missing.length > 0)
    violations.add("F6", "file_stream", `complete without the files ${missing.join(", ")}`);
  checkSummary(run, violations);
  void world;
}
