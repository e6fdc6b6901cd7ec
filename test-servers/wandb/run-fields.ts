import { stringifyExtended } from "./extended-json.ts";
import type { Run } from "./run.ts";
import type { World } from "./world.ts";

/** How many lines the tails have. */
const TAIL = 3;

/** A run as GraphQL shows it. */
export function runFields(run: Run): object {
  return {
    id: run.storageId,
    name: run.id,
    displayName: run.displayName,
    description: null,
    notes: run.notes,
    tags: run.tags,
    group: run.group,
    jobType: run.jobType,
    config: stringifyExtended(run.config),
    summaryMetrics: run.summaryText ?? "{}",
    wandbConfig: ({ keys }: { keys?: readonly string[] }) => wandbConfig(run, keys ?? []),
    project: projectFields(run.entity, run.project),
    stopped: run.stopped,
    historyLineCount: run.history.length,
    eventsLineCount: run.events.length,
    logLineCount: run.output.length,
    historyTail: JSON.stringify(run.history.slice(-TAIL)),
    eventsTail: JSON.stringify(run.events.slice(-TAIL)),
  };
}

/** A project as GraphQL shows it, without what is in it. */
export function projectFields(entity: string, project: string): object {
  return {
    id: Buffer.from(`Project:v1:${project}:${entity}`).toString("base64"),
    internalId: Buffer.from(`ProjectInternalId:${project}`).toString("base64"),
    name: project,
    entity: { id: `Entity:${entity}`, name: entity },
  };
}

/** A project with its runs, or null if there is none. */
export function findProject(
  world: World,
  { name, entityName }: { readonly name?: string | null; readonly entityName?: string | null },
): { readonly entity: string; readonly project: string } | null {
  const entity = world.entityOf(entityName);
  const project = name ?? "";
  const exists = [...world.runs.values()].some((run) => run.entity === entity && run.project === project);
  return exists ? { entity, project } : null;
}

function wandbConfig(run: Run, keys: readonly string[]): string {
  const own = (run.config["_wandb"]?.value ?? {}) as Record<string, unknown>;
  const chosen = Object.entries(own).filter(([key]) => keys.length === 0 || keys.includes(key));
  return stringifyExtended(Object.fromEntries(chosen));
}
