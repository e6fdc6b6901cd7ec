import { createHash, randomBytes } from "node:crypto";
import { type Client, put } from "./client.ts";

/** An upload of an artifact that keeps every rule, step by step, so that a test can spoil one. */
export class ArtifactClient {
  readonly #client: Client;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly clientId: string = randomId();
  id = "";
  state = "";

  constructor(client: Client, files: Readonly<Record<string, Uint8Array>>) {
    this.#client = client;
    this.files = files;
  }

  /** All steps. */
  async send(input: Record<string, unknown> = {}): Promise<void> {
    await this.create(input);
    if (this.state === "COMMITTED") return;
    await this.announce();
    await this.sendFiles();
    await this.sendManifest();
    await this.commit();
  }

  async create(input: Record<string, unknown> = {}): Promise<void> {
    const name = "art";
    const { body } = await this.#client.call("CreateArtifact", {
      input: {
        entityName: "me",
        projectName: "proj",
        runName: "run1",
        artifactTypeName: "model",
        artifactCollectionName: name,
        digestAlgorithm: "MANIFEST_MD5",
        digest: digestOf(this.files),
        aliases: [{ artifactCollectionName: name, alias: "latest" }],
        enableDigestDeduplication: true,
        clientID: this.clientId,
        sequenceClientID: randomId(),
        ...input,
      },
    });
    const artifact = (
      body.data as unknown as { createArtifact?: { artifact: { id: string; state: string } } } | null
    )?.createArtifact?.artifact;
    this.id = artifact?.id ?? "";
    this.state = artifact?.state ?? "";
  }

  async announce(): Promise<void> {
    await this.#manifest("");
  }

  /** @param change what arrives instead of the bytes that were announced */
  async sendFiles(change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes): Promise<void> {
    const names = Object.keys(this.files);
    const artifactFiles = names.map((name) => ({ artifactID: this.id, name, md5: md5(this.files[name]!) }));
    const { body } = await this.#client.call("CreateArtifactFiles", { artifactFiles });
    const { createArtifactFiles } = (body.data ?? {}) as unknown as {
      createArtifactFiles?: {
        files: { edges: { node: { uploadUrl: string | null; uploadHeaders: string[] } }[] };
      };
    };
    for (const [index, { node }] of (createArtifactFiles?.files.edges ?? []).entries()) {
      if (node.uploadUrl !== null)
        await put(node.uploadUrl, change(this.files[names[index]!]!), node.uploadHeaders);
    }
  }

  /** @param announced the md5 that is announced for it */
  async sendManifest(announced?: string): Promise<void> {
    const contents = Object.fromEntries(
      Object.entries(this.files).map(([path, bytes]) => [path, { digest: md5(bytes), size: bytes.length }]),
    );
    const manifest = Buffer.from(
      JSON.stringify({
        version: 1,
        storagePolicy: "wandb-storage-policy-v1",
        storagePolicyConfig: {},
        contents,
      }),
    );
    const file = await this.#manifest(announced ?? md5(manifest));
    if (file !== undefined) await put(file.uploadUrl, manifest, file.uploadHeaders);
  }

  async commit(): Promise<void> {
    await this.#client.call("CommitArtifact", { artifactID: this.id });
  }

  async #manifest(digest: string): Promise<{ uploadUrl: string; uploadHeaders: string[] } | undefined> {
    const { body } = await this.#client.call("CreateArtifactManifest", {
      input: {
        artifactID: this.id,
        name: "wandb_manifest.json",
        digest,
        entityName: "me",
        projectName: "proj",
        runName: "run1",
      },
    });
    return (
      body.data as unknown as {
        createArtifactManifest?: {
          artifactManifest: { file: { uploadUrl: string; uploadHeaders: string[] } };
        };
      } | null
    )?.createArtifactManifest?.artifactManifest.file;
  }
}

/** The digest of an artifact of these files. */
export function digestOf(files: Readonly<Record<string, Uint8Array>>): string {
  const lines = Object.keys(files)
    .sort()
    .map((path) => `${path}:${md5(files[path]!)}\n`);
  return createHash("md5")
    .update(`wandb-artifact-manifest-v1\n${lines.join("")}`)
    .digest("hex");
}

/** In base64. */
export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("base64");
}

/** 128 characters, as clients make them. */
export function randomId(): string {
  return randomBytes(64).toString("hex");
}
