import type { Artifact, Collection } from "./artifact.ts";
import { projectFields } from "./run-fields.ts";
import type { Storage } from "./storage.ts";
import type { World } from "./world.ts";

interface PageArguments {
  readonly after?: string | null;
  readonly first?: number | null;
}

/** Files per page, whatever the client asks for: it must follow the pages. */
const PAGE = 3;

/** When artifacts are made does not matter here. */
const MADE = { createdAt: "2026-01-01T00:00:00Z", updatedAt: "2026-01-01T00:00:00Z" };

/** Artifacts as GraphQL shows them. */
export class ArtifactFields {
  readonly #world: World;
  readonly #storage: Storage;

  constructor(world: World, storage: Storage) {
    this.#world = world;
    this.#storage = storage;
  }

  byId(id: string): object | null {
    const artifact = this.#world.artifacts.get(id);
    return artifact === undefined ? null : this.artifact(artifact);
  }

  artifact(artifact: Artifact): object {
    const { id, digest, stage, version, manifestBytes, description, metadata, historyStep } = artifact;
    const sizes = this.#entries(artifact).map(([, bytes]) => bytes.length);
    const collection = this.#collection(artifact.entity, artifact.project, artifact.collection);
    const latest = collection?.versions.at(-1);
    return {
      id,
      digest,
      description,
      historyStep,
      state: stage === "committed" ? "COMMITTED" : "PENDING",
      metadata: JSON.stringify(metadata),
      size: sizes.reduce((sum, size) => sum + size, 0),
      fileCount: sizes.length,
      versionIndex: version,
      ...MADE,
      tags: [],
      ttlDurationSeconds: -1,
      ttlIsInherited: true,
      aliases: this.#aliases(artifact),
      artifactType: { id: `ArtifactType:${artifact.type}`, name: artifact.type },
      artifactSequence: {
        id: `ArtifactSequence:${artifact.collection}`,
        name: artifact.collection,
        project: projectFields(artifact.entity, artifact.project),
        latestArtifact: () => (latest === undefined ? null : this.artifact(latest)),
      },
      currentManifest: () =>
        manifestBytes === undefined
          ? null
          : {
              id: artifact.manifestId,
              digest: artifact.manifestMd5,
              file: {
                id: artifact.manifestId,
                name: "wandb_manifest.json",
                directUrl: this.#storage.signDownload(() => manifestBytes),
              },
            },
      files: (page: PageArguments) => this.#files(artifact, page),
    };
  }

  /** What a project has of artifacts. */
  ofProject(entity: string, project: string): object {
    const artifactCollection = ({ name }: { name: string }): object | null =>
      this.#collectionFields(this.#collection(entity, project, name));
    return {
      artifactCollection,
      artifact: ({ name }: { name: string }) => {
        const [collection = "", alias = "latest"] = name.split(":");
        const found = versionOf(this.#collection(entity, project, collection), alias);
        return found === undefined ? null : this.artifact(found);
      },
      artifactType: ({ name }: { name: string }) => {
        const exists = [...this.#world.collections.values()].some(({ type }) => type === name);
        return exists ? { id: `ArtifactType:${name}`, name, artifactCollection } : null;
      },
      artifactCollectionMembership: ({ name }: { name: string }) => {
        const [collection = "", alias = "latest"] = name.split(":");
        return this.#membership(this.#collection(entity, project, collection), alias);
      },
    };
  }

  #collectionFields(collection: Collection | undefined): object | null {
    if (collection === undefined) return null;
    const made = collection.versions[0];
    return {
      __typename: "ArtifactSequence",
      id: `ArtifactCollection:${collection.name}`,
      name: collection.name,
      project: made === undefined ? null : projectFields(made.entity, made.project),
      artifactMembership: ({ aliasName }: { aliasName: string }) => this.#membership(collection, aliasName),
    };
  }

  #membership(collection: Collection | undefined, alias: string): object | null {
    const artifact = versionOf(collection, alias);
    if (artifact === undefined) return null;
    return {
      id: `Membership:${artifact.id}`,
      ...MADE,
      versionIndex: artifact.version,
      aliases: this.#aliases(artifact),
      artifactCollection: () => this.#collectionFields(collection),
      artifact: () => this.artifact(artifact),
      files: (page: PageArguments) => this.#files(artifact, page),
    };
  }

  #aliases({ aliases, collection, entity, project }: Artifact): object[] {
    return [...aliases].map((alias) => ({
      id: `ArtifactAlias:${collection}:${alias}`,
      alias,
      artifactCollection: () => this.#collectionFields(this.#collection(entity, project, collection)),
    }));
  }

  #collection(entity: string, project: string, name: string): Collection | undefined {
    return this.#world.collections.get(`${entity}/${project}/${name}`);
  }

  #entries(artifact: Artifact): [name: string, bytes: Buffer][] {
    return [...artifact.files.values()].flatMap(({ name, bytes }): [string, Buffer][] =>
      bytes === undefined ? [] : [[name, bytes]],
    );
  }

  #files(artifact: Artifact, { after, first }: PageArguments): object {
    const entries = this.#entries(artifact);
    const from = Number(after ?? 0);
    const end = from + Math.min(first ?? PAGE, PAGE);
    return {
      pageInfo: { hasNextPage: end < entries.length, endCursor: String(end) },
      edges: entries.slice(from, end).map(([name, bytes]) => ({
        node: {
          id: `${artifact.id}/${name}`,
          name,
          sizeBytes: bytes.length,
          md5: artifact.files.get(name)!.md5,
          directUrl: this.#storage.signDownload(() => bytes),
        },
      })),
    };
  }
}

/** The version that has an alias, or the number that it says. */
function versionOf(collection: Collection | undefined, alias: string): Artifact | undefined {
  return collection?.versions.find(({ aliases, version }) => aliases.has(alias) || `v${version}` === alias);
}
