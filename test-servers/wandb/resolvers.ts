import { Refusal } from "./exchange.ts";
import type { CallContext } from "./graphql-endpoint.ts";
import { createRunFiles, runUploadUrls } from "./run-files.ts";
import { findProject, projectFields, runFields } from "./run-fields.ts";
import { type ResolverOptions, type RunNames, knownRun } from "./known-run.ts";
import { artifactResolvers } from "./artifact-resolvers.ts";
import { type UpsertBucketInput, upsertBucket } from "./upsert-bucket.ts";
import type { World } from "./world.ts";

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

/** The fields of Query and Mutation. */
export function resolvers(options: ResolverOptions): object {
  const { world, violations, storage, features } = options;
  const artifacts = artifactResolvers(options);

  function project(args: ProjectArguments): object | null {
    const found = findProject(world, args);
    if (found === null) return null;
    const { entity, project: name } = found;
    const bucket = (id: string | undefined, missingOk: boolean): object | null => {
      const run = world.find(entity, name, id ?? "");
      // Older clients ask for URLs here too, and for a run that is there.
      if (run !== undefined && missingOk) run.statusAsked = true;
      if (run === undefined && !missingOk) throw new Refusal(404, `run ${id} not found`);
      if (run === undefined) return null;
      const files = ({ names }: { names: readonly string[] }, context: CallContext): object =>
        runUploadUrls(run, names, context, storage, violations);
      return { ...runFields(run), files };
    };
    return {
      ...projectFields(entity, name),
      ...artifacts.ofProject(entity, name),
      bucket: ({ name: id, missingOk }: { name?: string; missingOk?: boolean }) =>
        bucket(id, missingOk ?? false),
      run: ({ name: id }: { name: string }) => {
        const run = world.find(entity, name, id);
        return run === undefined ? null : runFields(run);
      },
    };
  }

  return {
    ...artifacts.root,
    viewer: () => viewerFields(world),
    serverInfo: () => ({ features: features.map((name) => ({ name, isEnabled: true })) }),
    model: project,
    project,
    entity: ({ name }: { name: string }) =>
      world.entities.has(name) ? { id: `Entity:${name}`, name, organization: null } : null,
    upsertBucket: ({ input }: { input: UpsertBucketInput }) => {
      const { run, inserted } = upsertBucket(input, world, violations);
      return { bucket: runFields(run), inserted };
    },
    notifyScriptableRunAlert: ({ input }: { input: RunNames }, context: CallContext) => {
      knownRun(world, violations, input, context);
      return { success: true };
    },
    createRunFiles: ({ input }: { input: RunFilesInput }, context: CallContext) => {
      const run = knownRun(world, violations, input, context);
      return createRunFiles(run, input.files, context, storage, violations);
    },
  };
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
