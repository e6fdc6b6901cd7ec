import { MlogError } from "@mlog/core";
import type { WandBLoggerOptions } from "../options.ts";
import type { Settings } from "../settings.ts";

/** An error that says what `@wandb/sdk` cannot do. */
export function unsupported(what: string): MlogError {
  return new MlogError(
    "WANDB_SDK_UNSUPPORTED",
    `${what} cannot be logged through @wandb/sdk: use the transport "own", which is the default`,
  );
}

/**
 * Refuses what the SDK would take and silently leave out.
 *
 * @throws MlogError `WANDB_SDK_UNSUPPORTED`, naming each setting
 */
export function refuseSettings({ run }: Settings, options: WandBLoggerOptions): void {
  const { entity = "", project, runId, group, jobType, notes, tags, resume, mode } = run;
  const refused = {
    group: group !== undefined,
    jobType: jobType !== undefined,
    notes: notes !== undefined,
    tags: tags.length > 0,
    resume: resume !== undefined,
    'mode "offline"': mode === "offline",
    logArtifacts: options.logArtifacts === true,
    captureConsole: options.captureConsole === true,
    // The SDK puts them into paths as they are.
    "entity, project or id with characters that need encoding": [entity, project, runId].some(
      (name) => encodeURIComponent(name) !== name,
    ),
  };
  const names = Object.entries(refused).flatMap(([name, isRefused]) => (isRefused ? [name] : []));
  if (names.length > 0) throw unsupported(names.join(", "));
}
