import { Refusal } from "./exchange.ts";
import type { Artifact, Collection } from "./artifact.ts";
import { Run } from "./run.ts";

/** Whom the API key belongs to. */
export interface Viewer {
  readonly username: string;
  readonly email: string;
  /** The default entity. */
  readonly entity: string;
}

/** All that the server holds. */
export class World {
  readonly viewer: Viewer;
  /** Entities that exist; runs can be made in each of their projects that is not forbidden. */
  readonly entities: Set<string>;
  /** `entity/project` that the viewer may not use. */
  readonly forbidden: ReadonlySet<string>;
  /** Ids of runs that existed once. */
  readonly deleted: Set<string>;
  readonly runs: Map<string, Run> = new Map();
  readonly artifacts: Map<string, Artifact> = new Map();
  /** By `entity/project/name`. */
  readonly collections: Map<string, Collection> = new Map();

  constructor(options: {
    viewer: Viewer;
    entities: readonly string[];
    forbidden: readonly string[];
    deleted: readonly string[];
  }) {
    this.viewer = options.viewer;
    this.entities = new Set([options.viewer.entity, ...options.entities]);
    this.forbidden = new Set(options.forbidden);
    this.deleted = new Set(options.deleted);
  }

  /** What is not given is the default, and so is an empty name: `wandb sync` of an offline run sends one. */
  entityOf(name: string | null | undefined): string {
    return name || this.viewer.entity;
  }

  /** @throws Refusal 404 for an entity that does not exist, 403 for a project that is forbidden */
  assertAccess(entity: string, project: string): void {
    if (!this.entities.has(entity)) throw new Refusal(404, `entity ${entity} not found during upsertBucket`);
    if (this.forbidden.has(`${entity}/${project}`)) throw new Refusal(403, "permission denied");
  }

  find(entity: string | null | undefined, project: string | null | undefined, id: string): Run | undefined {
    return this.runs.get(runKey(this.entityOf(entity), project ?? DEFAULT_PROJECT, id));
  }

  add(entity: string, project: string, id: string): Run {
    const storageId = Buffer.from(`Run:v1:${id}:${project}:${entity}`).toString("base64");
    const run = new Run({ id, storageId, entity, project });
    this.runs.set(runKey(entity, project, id), run);
    return run;
  }

  /** As a user who deletes a run: its id can never be used again. */
  delete(run: Run): void {
    this.runs.delete(runKey(run.entity, run.project, run.id));
    this.deleted.add(run.id);
  }
}

/** The project of a run that names none. */
export const DEFAULT_PROJECT = "uncategorized";

function runKey(entity: string, project: string, id: string): string {
  return `${entity}/${project}/${id}`;
}
