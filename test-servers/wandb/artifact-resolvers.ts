import { ArtifactFields } from "./artifact-fields.ts";
import {
  ArtifactUpload,
  type CreateArtifactInput,
  type FileSpec,
  type ManifestInput,
} from "./artifact-upload.ts";
import type { CallContext } from "./graphql-endpoint.ts";
import { type ResolverOptions, knownRun } from "./known-run.ts";

/** The fields of Query and Mutation that concern artifacts, and what a project has of them. */
export function artifactResolvers(options: ResolverOptions): {
  readonly root: object;
  readonly ofProject: (entity: string, project: string) => object;
} {
  const { world, violations, storage } = options;
  const upload = new ArtifactUpload(world, violations, storage);
  const fields = new ArtifactFields(world, storage);
  const root = {
    artifact: ({ id }: { id: string }) => fields.byId(id),
    clientIDMapping: ({ clientID }: { clientID: string }) => {
      const found = [...world.artifacts.values()].find(({ clientIds }) => clientIds.has(clientID));
      return found === undefined ? null : { serverID: found.id };
    },
    createArtifact: ({ input }: { input: CreateArtifactInput }, context: CallContext) => {
      if (input.runName !== undefined && input.runName !== null) {
        knownRun(world, violations, { ...input, runName: input.runName }, context);
      }
      return { artifact: fields.artifact(upload.create(input)) };
    },
    createArtifactManifest: ({ input }: { input: ManifestInput }) => {
      const { artifact, url } = upload.announceManifest(input);
      return {
        artifactManifest: {
          id: artifact.manifestId,
          digest: input.digest,
          file: { id: artifact.manifestId, ...url },
        },
      };
    },
    createArtifactFiles: ({ input }: { input: { artifactFiles: readonly FileSpec[] } }) => ({
      files: {
        pageInfo: { hasNextPage: false, endCursor: null },
        edges: upload.announceFiles(input.artifactFiles).map((url, index) => {
          const { artifactID, name } = input.artifactFiles[index]!;
          const artifact = { id: artifactID };
          return {
            node: { id: `${artifactID}/${name}`, storagePath: `wandb_artifacts/${name}`, artifact, ...url },
          };
        }),
      },
    }),
    commitArtifact: ({ input }: { input: { artifactID: string } }) => ({
      artifact: fields.artifact(upload.commit(input.artifactID)),
    }),
    updateArtifact: ({ input }: { input: { artifactID: string; metadata?: string | null } }) => {
      const artifact = world.artifacts.get(input.artifactID);
      if (artifact !== undefined && typeof input.metadata === "string") {
        artifact.metadata = JSON.parse(input.metadata) as Record<string, unknown>;
      }
      return { artifact: fields.byId(input.artifactID) };
    },
  };
  return { root, ofProject: (entity, project) => fields.ofProject(entity, project) };
}
