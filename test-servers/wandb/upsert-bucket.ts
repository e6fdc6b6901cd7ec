import { Refusal } from "./exchange.ts";
import { parseExtended } from "./extended-json.ts";
import type { Config, Run } from "./run.ts";
import { reopen } from "./stream-discipline.ts";
import type { Violations } from "./violations.ts";
import { DEFAULT_PROJECT, type World } from "./world.ts";

/** The fields of `UpsertBucketInput` that matter here; null means: leave it as it is. */
export interface UpsertBucketInput {
  readonly id?: string | null;
  readonly name?: string | null;
  readonly groupName?: string | null;
  readonly modelName?: string | null;
  readonly entityName?: string | null;
  readonly displayName?: string | null;
  readonly notes?: string | null;
  readonly config?: string | null;
  readonly host?: string | null;
  readonly jobProgram?: string | null;
  readonly jobType?: string | null;
  readonly tags?: readonly string[] | null;
  readonly summaryMetrics?: string | null;
}

const CALL = "UpsertBucket";

/**
 * Makes a run, or changes one.
 *
 * @throws Refusal 409 for the id of a deleted run, 403, 404
 */
export function upsertBucket(
  input: UpsertBucketInput,
  world: World,
  violations: Violations,
): { readonly run: Run; readonly inserted: boolean } {
  const entity = world.entityOf(input.entityName);
  const project = input.modelName ?? DEFAULT_PROJECT;
  const id = input.name ?? "";
  checkNames(id, project, input.tags ?? [], violations);
  world.assertAccess(entity, project);
  if (world.deleted.has(id)) {
    throw new Refusal(409, `run ${id} was previously created and deleted; try a new run name`);
  }
  const found = world.find(entity, project, id);
  const run = found ?? world.add(entity, project, id);
  if (typeof input.id === "string") resume(run, input.id, violations);
  if (found !== undefined) reopen(run);
  setConfig(run, input.config, found === undefined, violations);
  run.displayName = input.displayName ?? run.displayName;
  run.group = input.groupName ?? run.group;
  run.jobType = input.jobType ?? run.jobType;
  run.notes = input.notes ?? run.notes;
  run.host = input.host ?? run.host;
  run.program = input.jobProgram ?? run.program;
  run.tags = input.tags ?? run.tags;
  run.summaryText = input.summaryMetrics ?? run.summaryText;
  return { run, inserted: found === undefined };
}

function resume(run: Run, storageId: string, violations: Violations): void {
  violations.check(run.statusAsked, "S1", CALL, () => `run ${run.id} is resumed unasked`);
  violations.check(
    storageId === run.storageId,
    "S1",
    CALL,
    () => `${storageId} is not the id of run ${run.id}`,
  );
  run.resumed++;
  run.resumedAt = run.history.length;
}

function checkNames(id: string, project: string, tags: readonly string[], violations: Violations): void {
  const problems = [
    (id === "" || id.trim() !== id || /[:;,#?/']/.test(id)) && `run id ${JSON.stringify(id)}`,
    (project === "" || project.length > 128 || /[/\\#?%:\r\n]/.test(project)) &&
      `project ${JSON.stringify(project)}`,
    (new Set(tags).size < tags.length || tags.some(({ length }) => length < 1 || length > 64)) &&
      `tags ${JSON.stringify(tags)}`,
  ].filter((problem) => problem !== false);
  for (const problem of problems) violations.add("G4", CALL, `illegal ${problem}`);
  if (problems.length > 0) throw new Refusal(400, `illegal ${problems.join(", ")}`);
}

function setConfig(run: Run, text: string | null | undefined, isNew: boolean, violations: Violations): void {
  if (text === null || text === undefined) {
    violations.check(!isNew, "G4", CALL, () => "the first UpsertBucket has no config");
    return;
  }
  const config = parseExtended(text) as Config;
  const add = (detail: string): void => violations.add("G4", CALL, detail);
  for (const [key, wrapper] of Object.entries(config)) {
    if (typeof wrapper !== "object" || wrapper === null || !("value" in wrapper)) {
      add(`config.${key} is not wrapped as { value }`);
    }
  }
  const telemetry = (config["_wandb"]?.value as { t?: unknown } | undefined)?.t;
  if (typeof telemetry !== "object" || telemetry === null || Object.keys(telemetry).length === 0) {
    add("config._wandb.value.t is missing or empty");
  }
  // An empty object is nothing to Python's client, which leaves it out when it resumes a run.
  const lost = Object.keys(run.config).filter((key) => !(key in config) && !isEmpty(run.config[key]!.value));
  if (lost.length > 0) add(`the config has lost ${lost.join(", ")}`);
  run.config = config;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
