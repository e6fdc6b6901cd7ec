import { checkMedia } from "./media-rules.ts";
import type { Run } from "./run.ts";
import { checkSummary } from "./summary-rules.ts";
import type { Violations } from "./violations.ts";
import type { World } from "./world.ts";

/** What must be true when a run says that it is complete. */
export function checkCompletion(run: Run, world: World, violations: Violations): void {
  const missing = [...run.files].filter(([, { bytes }]) => bytes === undefined).map(([name]) => name);
  if (missing.length > 0)
    violations.add("F6", "file_stream", `complete without the files ${missing.join(", ")}`);
  const pending = [...world.artifacts.values()].filter(
    ({ runId, project, entity, stage }) =>
      runId === run.id && project === run.project && entity === run.entity && stage !== "committed",
  );
  if (pending.length > 0) {
    violations.add(
      "F6",
      "file_stream",
      `complete without ${pending.map(({ collection }) => collection).join(", ")}`,
    );
  }
  checkSummary(run, violations);
  checkMedia(run, world, violations);
}
