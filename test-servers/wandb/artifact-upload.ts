import { createHash } from "node:crypto";
import type { Artifact, ArtifactStage, Collection, ManifestEntry } from "./artifact.ts";
import { Refusal } from "./exchange.ts";
import { Storage, type UploadTarget } from "./storage.ts";
import type { Rule, Violations } from "./violations.ts";
import type { World } from "./world.ts";

/** The fields of `CreateArtifactInput` that matter here. */
export interface CreateArtifactInput {
  readonly artifactTypeName: string;
  readonly digest: string;
  readonly entityName: string;
  readonly projectName: string;
  readonly artifactCollectionName?: string | null;
  readonly aliases?: readonly { readonly artifactCollectionName: string; readonly alias: string }[] | null;
  readonly runName?: string | null;
  readonly description?: string | null;
  readonly metadata?: string | null;
  readonly historyStep?: number | null;
  readonly enableDigestDeduplication?: boolean | null;
  readonly clientID?: string | null;
  readonly sequenceClientID?: string | null;
}

/** The fields of `CreateArtifactManifestInput` that matter here. */
export interface ManifestInput {
  readonly artifactID: string;
  readonly name: string;
  readonly digest: string;
}

/** The fields of `CreateArtifactFileSpecInput` that matter here. */
export interface FileSpec {
  readonly artifactID: string;
  readonly name: string;
  readonly md5: string;
}

/** A file that was announced, and the URL to send it to; null if its bytes are here already. */
export interface FileUrl {
  readonly name: string;
  readonly uploadUrl: string | null;
  readonly uploadHeaders: readonly string[];
}

interface Manifest {
  readonly version?: unknown;
  readonly storagePolicy?: unknown;
  readonly contents?: Readonly<Record<string, ManifestEntry>>;
}

const NAME = /^[A-Za-z0-9_.-]{1,128}$/;
const CLIENT_ID = /^[a-z0-9]{128}$/;

/** Takes artifacts in the order that rule R1 states. */
export class ArtifactUpload {
  readonly #world: World;
  readonly #violations: Violations;
  readonly #storage: Storage;

  constructor(world: World, violations: Violations, storage: Storage) {
    this.#world = world;
    this.#violations = violations;
    this.#storage = storage;
  }

  /** @throws Refusal 404, 403; 400 for illegal names and another type than the collection has */
  create(input: CreateArtifactInput): Artifact {
    const { projectName: project, artifactTypeName: type, digest } = input;
    const entity = this.#world.entityOf(input.entityName);
    this.#world.assertAccess(entity, project);
    const name = input.artifactCollectionName ?? "";
    const aliases = (input.aliases ?? []).map(({ alias }) => alias);
    this.#checkNames(name, type, aliases);
    const repeated = this.#repeated(input);
    if (repeated !== undefined) return repeated;
    const key = `${entity}/${project}/${name}`;
    const collection: Collection = this.#world.collections.get(key) ?? { name, type, versions: [] };
    if (collection.type !== type)
      throw new Refusal(400, `${name} is of type ${collection.type}, not ${type}`);
    this.#world.collections.set(key, collection);
    const same = collection.versions.find((version) => version.digest === digest);
    if (same !== undefined && input.enableDigestDeduplication === true) {
      moveAliases(collection, same, aliases);
      if (typeof input.clientID === "string") same.clientIds.add(input.clientID);
      return same;
    }
    const id = Buffer.from(`Artifact:${this.#world.artifacts.size + 1}`).toString("base64");
    const artifact: Artifact = {
      id,
      entity,
      project,
      collection: name,
      type,
      digest,
      clientIds: new Set(typeof input.clientID === "string" ? [input.clientID] : []),
      sequenceClientId: input.sequenceClientID ?? undefined,
      runId: input.runName ?? undefined,
      description: input.description ?? undefined,
      metadata: this.#metadata(input.metadata),
      historyStep: input.historyStep ?? undefined,
      wantedAliases: aliases,
      aliases: new Set(),
      stage: "created",
      version: undefined,
      manifestId: Buffer.from(`ArtifactManifest:${this.#world.artifacts.size + 1}`).toString("base64"),
      manifestMd5: undefined,
      manifest: undefined,
      manifestBytes: undefined,
      files: new Map(),
    };
    this.#world.artifacts.set(id, artifact);
    return artifact;
  }

  /** Announces a manifest (`digest` is empty), or asks where to send it. */
  announceManifest({ artifactID, name, digest }: ManifestInput): { artifact: Artifact; url: FileUrl } {
    const artifact = this.#open(artifactID, "CreateArtifactManifest");
    if (name !== "wandb_manifest.json")
      this.#add("R1", "CreateArtifactManifest", `the manifest is called ${name}`);
    if (digest === "") {
      this.#expect(artifact, ["created", "announced"], "CreateArtifactManifest");
      artifact.stage = "announced";
      return { artifact, url: { name, uploadUrl: null, uploadHeaders: [] } };
    }
    this.#expect(artifact, ["announced", "manifest expected", "manifest stored"], "CreateArtifactManifest");
    artifact.stage = "manifest expected";
    artifact.manifestMd5 = digest;
    const target = this.#target(name, digest, (bytes) => this.#storeManifest(artifact, bytes));
    return { artifact, url: this.#url(target) };
  }

  /** In the order of `specs`. */
  announceFiles(specs: readonly FileSpec[]): FileUrl[] {
    return specs.map(({ artifactID, name, md5 }) => {
      const artifact = this.#open(artifactID, "CreateArtifactFiles");
      this.#expect(artifact, ["announced"], "CreateArtifactFiles");
      const bytes = this.#find(md5);
      const file = { name, md5, bytes };
      artifact.files.set(name, file);
      if (bytes !== undefined) return { name, uploadUrl: null, uploadHeaders: [] };
      return this.#url(
        this.#target(name, md5, (sent) => {
          const found = md5Of(sent);
          if (found !== md5)
            this.#add("R3", "PUT", `${name} has the md5 ${found}, and was announced with ${md5}`);
          file.bytes = sent;
        }),
      );
    });
  }

  /** Makes it a version, and moves the aliases to it. */
  commit(id: string): Artifact {
    const artifact = this.#find404(id);
    if (artifact.stage === "committed") return artifact;
    this.#expect(artifact, ["manifest stored"], "CommitArtifact", "R5");
    const { manifest = {}, files, entity, project, collection: name } = artifact;
    for (const [path, { digest, size, ref }] of Object.entries(manifest)) {
      const bytes = files.get(path)?.bytes ?? (ref === undefined ? this.#find(digest) : undefined);
      if (ref === undefined && bytes === undefined)
        this.#add("R5", "CommitArtifact", `${path} has not arrived`);
      else if (bytes !== undefined && (md5Of(bytes) !== digest || (size ?? bytes.length) !== bytes.length)) {
        this.#add("R5", "CommitArtifact", `${path} is not what the manifest says`);
      }
    }
    const digest = digestOf(manifest);
    if (artifact.digest !== digest) {
      this.#add("R2", "CommitArtifact", `the digest of ${name} is ${digest}, not ${artifact.digest}`);
    }
    const collection = this.#world.collections.get(`${entity}/${project}/${name}`)!;
    artifact.stage = "committed";
    artifact.version = collection.versions.length;
    collection.versions.push(artifact);
    moveAliases(collection, artifact, artifact.wantedAliases);
    return artifact;
  }

  /** A request that was repeated, since its answer was lost, gives the same artifact. */
  #repeated({ clientID, digest, artifactCollectionName: name }: CreateArtifactInput): Artifact | undefined {
    if (clientID === undefined || clientID === null || !CLIENT_ID.test(clientID)) {
      this.#add("R8", "CreateArtifact", `clientID is ${String(clientID)}`);
      return undefined;
    }
    const found = [...this.#world.artifacts.values()].find(({ clientIds }) => clientIds.has(clientID));
    if (found === undefined) return undefined;
    if (found.digest === digest && found.collection === name) {
      // Whoever begins anew may not know how far it was.
      if (found.stage !== "committed") found.stage = "created";
      return found;
    }
    this.#add("R8", "CreateArtifact", `the clientID of ${found.collection} is used for ${String(name)}`);
    return undefined;
  }

  #checkNames(name: string, type: string, aliases: readonly string[]): void {
    const problems = [
      !NAME.test(name) && `name ${JSON.stringify(name)}`,
      (type === "" || /[/:]/.test(type)) && `type ${JSON.stringify(type)}`,
      aliases.some((alias) => alias === "" || /[/:]/.test(alias)) && `aliases ${JSON.stringify(aliases)}`,
    ].filter((problem) => problem !== false);
    for (const problem of problems) this.#add("R7", "CreateArtifact", `illegal ${problem}`);
    if (problems.length > 0) throw new Refusal(400, `illegal ${problems.join(", ")}`);
    // In any order: Python's client sends them as a set has them.
    if (!aliases.includes("latest") || new Set(aliases).size < aliases.length) {
      this.#add("R7", "CreateArtifact", `aliases ${JSON.stringify(aliases)} repeat one, or lack latest`);
    }
  }

  #metadata(text: string | null | undefined): Readonly<Record<string, unknown>> {
    if (text === null || text === undefined) return {};
    try {
      return JSON.parse(text) as Readonly<Record<string, unknown>>;
    } catch {
      this.#add("G1", "CreateArtifact", "metadata is no strict JSON");
      throw new Refusal(400, "metadata must be JSON");
    }
  }

  #storeManifest(artifact: Artifact, bytes: Buffer): void {
    const found = md5Of(bytes);
    if (found !== artifact.manifestMd5) {
      this.#add(
        "R4",
        "PUT",
        `the manifest has the md5 ${found}, and was announced with ${artifact.manifestMd5}`,
      );
    }
    try {
      const { version, storagePolicy, contents } = JSON.parse(bytes.toString()) as Manifest;
      if (version !== 1 || storagePolicy !== "wandb-storage-policy-v1" || contents === undefined)
        throw new Error("fields");
      artifact.manifest = contents;
    } catch (error) {
      this.#add("R1", "PUT", `the manifest is no manifest: ${String(error)}`);
    }
    artifact.manifestBytes = bytes;
    artifact.stage = "manifest stored";
  }

  #target(name: string, md5: string, store: (bytes: Buffer) => void): UploadTarget {
    return { name, headers: { "content-md5": md5, "x-signed-for": "artifact:v2" }, store };
  }

  #url(target: UploadTarget): FileUrl {
    return {
      name: target.name,
      uploadUrl: this.#storage.signUpload(target),
      uploadHeaders: Storage.headerLines(target.headers),
    };
  }

  #find(md5: string): Buffer | undefined {
    for (const { files } of this.#world.artifacts.values()) {
      for (const file of files.values()) if (file.md5 === md5 && file.bytes !== undefined) return file.bytes;
    }
    return undefined;
  }

  #find404(id: string): Artifact {
    const artifact = this.#world.artifacts.get(id);
    if (artifact === undefined) throw new Refusal(404, `artifact ${id} not found`);
    return artifact;
  }

  /** @throws Refusal 404; 409 if it is committed already */
  #open(id: string, call: string): Artifact {
    const artifact = this.#find404(id);
    if (artifact.stage !== "committed") return artifact;
    this.#add("R6", call, `${artifact.collection}:v${artifact.version} is committed already`);
    throw new Refusal(409, "the artifact is committed");
  }

  #expect(artifact: Artifact, stages: readonly ArtifactStage[], call: string, rule: Rule = "R1"): void {
    if (stages.includes(artifact.stage)) return;
    this.#add(rule, call, `${artifact.collection} is ${artifact.stage}, and must be ${stages.join(" or ")}`);
    throw new Refusal(400, `the artifact is ${artifact.stage}`);
  }

  #add(rule: Rule, call: string, detail: string): void {
    this.#violations.add(rule, call, detail);
  }
}

/** Hex md5 over the entries of a manifest in order of their paths. */
function digestOf(manifest: Readonly<Record<string, ManifestEntry>>): string {
  const entries = Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = entries.map(([path, { digest }]) => `${path}:${digest}\n`);
  return createHash("md5")
    .update(`wandb-artifact-manifest-v1\n${lines.join("")}`)
    .digest("hex");
}

function md5Of(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("base64");
}

function moveAliases(collection: Collection, to: Artifact, aliases: readonly string[]): void {
  for (const alias of aliases) {
    for (const version of collection.versions) version.aliases.delete(alias);
    to.aliases.add(alias);
  }
}
