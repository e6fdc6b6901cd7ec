import { Refusal } from "./exchange.ts";
import type { CallContext } from "./graphql-endpoint.ts";
import { createRunFiles } from "./run-files.ts";
import { findProject, projectFields, runFields } from "./run-fields.ts";
import type { Run } from "./run.ts";
import type { Storage } from "./storage.ts";
import { type UpsertBucketInput, upsertBucket } from "./upsert-bucket.ts";
import type { Violations } from "./violations.ts";
import type { World } from "./world.ts";

/** What resolvers need. */
export interface ResolverOptions {
  readonly world: World;
  readonly violations: Violations;
  readonly storage: Storage;
  /** Names of server features that are on. */
  readonly features: readonly string[];
}

interface ProjectArguments {
  readonly name?: string | null;
  readonly entityName?: string | null;
}

interface RunFilesInput {
  readonly entityName: string;
  readonly projectName: string;
  readonly runName: string;
  readonly files: readonly string[];
}

/** The fields of Query and Mutation that concern runs. */
export function runResolvers(options: ResolverOptions): object {
  const { world, violations, storage, features } = options;

  function project(args: ProjectArguments): object | null {
    const found = findProject(world, args);
    if (found === null) return null;
    const { entity, project: name } = found;
    const bucket = (id: string | undefined, missingOk: boolean): object | null => {
      const run = world.find(entity, name, id ?? "");
      if (run !== undefined) run.statusAsked = true;
      if (run === undefined && !missingOk) throw new Refusal(404, `run ${id} not found`);
      return run === undefined ? null : runFields(run);
    };
    return {
      ...projectFields(entity, name),
      bucket: ({ name: id, missingOk }: { name?: string; missingOk?: boolean }) =>
        bucket(id, missingOk ?? false),
      run: ({ name: id }: { name: string }) => {
        const run = world.find(entity, name, id);
        return run === undefined ? null : runFields(run);
      },
    };
  }

  return {
    viewer: () => viewerFields(world),
    serverInfo: () => ({ features: features.map((name) => ({ name, isEnabled: true })) }),
    model: project,
    project,
    upsertBucket: ({ input }: { input: UpsertBucketInput }) => {
      const { run, inserted } = upsertBucket(input, world, violations);
      return { bucket: runFields(run), inserted };
    },
    createRunFiles: ({ input }: { input: RunFilesInput }, context: CallContext) => {
      const run = knownRun(world, violations, input, context);
      return createRunFiles(run, input.files, context, storage, violations);
    },
  };
}

/** @throws Refusal 404 for a run that UpsertBucket did not make */
function knownRun(
  world: World,
  violations: Violations,
  { entityName, projectName, runName }: Omit<RunFilesInput, "files">,
  { request }: CallContext,
): Run {
  const run = world.find(entityName, projectName, runName);
  if (run !== undefined) return run;
  violations.add(
    "G4",
    request.call,
    `run ${entityName}/${projectName}/${runName} is not known to UpsertBucket`,
  );
  throw new Refusal(404, `run ${runName} not found`);
}

function viewerFields({ viewer, entities }: World): object {
  return {
    id: `User:${viewer.username}`,
    entity: viewer.entity,
    username: viewer.username,
    email: viewer.email,
    flags: "{}",
    teams: { edges: [...entities].map((name) => ({ node: { id: `Entity:${name}`, name } })) },
  };
}
