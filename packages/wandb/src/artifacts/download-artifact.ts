import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { link, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { MlogError, type TransferOptions } from "@mlog/core";
import type { Connection } from "../client/connection.ts";
import { type Manifest, manifestDigest } from "./manifest.ts";
import { ARTIFACT_FILE_URLS, ARTIFACT_MANIFEST, ARTIFACT_MEMBERSHIP } from "./operations.ts";

/** Which artifact. */
export interface ArtifactReference {
  readonly entity: string;
  readonly project: string;
  readonly name: string;
  /** An alias or a version, such as `latest` or `v3`. */
  readonly alias: string;
}

interface Membership {
  readonly versionIndex: number | null;
  readonly artifactCollection: { readonly name: string } | null;
  readonly artifact: { readonly id: string; readonly digest: string } | null;
}

interface MembershipAnswer {
  readonly project: { readonly artifactCollectionMembership: Membership | null } | null;
}

interface ManifestAnswer {
  readonly artifact: {
    readonly currentManifest: { readonly file: { readonly directUrl: string } } | null;
  } | null;
}

interface FilesAnswer {
  readonly project: {
    readonly artifactCollection: {
      readonly artifactMembership: {
        readonly files: {
          readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
          readonly edges: readonly { readonly node: { readonly name: string; readonly directUrl: string } }[];
        };
      } | null;
    } | null;
  } | null;
}

/** How often a file is got whose bytes arrive cut off or changed. */
const ATTEMPTS = 3;
const PAGE = 5000;

/**
 * Gets the one file of an artifact, checks it, and only then puts it in its place.
 *
 * @throws MlogError `FILE_NOT_FOUND`; `WANDB_ARTIFACT_AMBIGUOUS` if it has not exactly one file; `FILE_EXISTS`;
 * `WANDB_DOWNLOAD_CORRUPT`; those of the connection
 */
export async function downloadArtifact(
  connection: Connection,
  reference: ArtifactReference,
  path: string,
  options: TransferOptions,
): Promise<void> {
  const { entity, project, name, alias } = reference;
  const { signal } = options;
  const found = await connection.graphql<MembershipAnswer>(
    ARTIFACT_MEMBERSHIP,
    { entity, project, name: `${name}:${alias}` },
    signal,
  );
  const membership = found.project?.artifactCollectionMembership;
  const artifact = membership?.artifact;
  if (membership === undefined || membership === null || artifact === undefined || artifact === null) {
    throw new MlogError("FILE_NOT_FOUND", `W&B has no artifact ${entity}/${project}/${name}:${alias}`);
  }
  const entries = Object.entries(await fetchManifest(connection, artifact, name, signal));
  const [file] = entries;
  if (file === undefined || entries.length > 1) {
    throw new MlogError(
      "WANDB_ARTIFACT_AMBIGUOUS",
      `artifact ${name}:${alias} has ${entries.length} files, and only one of a single file can be downloaded`,
    );
  }
  const [fileName, { digest, size }] = file;
  const version = membership.versionIndex === null ? alias : `v${membership.versionIndex}`;
  const collection = membership.artifactCollection?.name ?? name;
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    for (let left = ATTEMPTS - 1; ; left--) {
      const url = await findUrl(
        connection,
        { entity, project, name: collection, alias: version },
        fileName,
        signal,
      );
      if ((await fetchTo(connection, url, temporary, size, options)) === digest) break;
      if (left === 0) {
        throw new MlogError(
          "WANDB_DOWNLOAD_CORRUPT",
          `${name}:${alias} arrives with other bytes than its checksum says`,
        );
      }
    }
    await putInPlace(temporary, path, options.overwrite === true);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function fetchManifest(
  connection: Connection,
  { id, digest }: { readonly id: string; readonly digest: string },
  name: string,
  signal: AbortSignal | undefined,
): Promise<Manifest["contents"]> {
  const answer = await connection.graphql<ManifestAnswer>(ARTIFACT_MANIFEST, { id }, signal);
  const url = answer.artifact?.currentManifest?.file.directUrl;
  if (url === undefined) throw new MlogError("FILE_NOT_FOUND", `artifact ${name} has no manifest`);
  for (let left = ATTEMPTS - 1; ; left--) {
    const contents = readManifest(await (await connection.get(url, signal)).text());
    const found = Object.entries(contents ?? {}).map(([path, entry]) => ({ path, digest: entry.digest }));
    if (contents !== undefined && manifestDigest(found) === digest) return contents;
    if (left === 0)
      throw new MlogError("WANDB_DOWNLOAD_CORRUPT", `the manifest of ${name} is not what its checksum says`);
  }
}

/** Undefined for what is no manifest. */
function readManifest(text: string): Manifest["contents"] | undefined {
  try {
    return (JSON.parse(text) as Partial<Manifest>).contents;
  } catch {
    return undefined;
  }
}

async function findUrl(
  connection: Connection,
  { entity, project, name, alias }: ArtifactReference,
  fileName: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  let cursor: string | null = null;
  do {
    const answer: FilesAnswer = await connection.graphql<FilesAnswer>(
      ARTIFACT_FILE_URLS,
      { entity, project, collection: name, alias, cursor, perPage: PAGE },
      signal,
    );
    const files = answer.project?.artifactCollection?.artifactMembership?.files;
    const node = files?.edges.find((edge) => edge.node.name === fileName)?.node;
    if (node !== undefined) return node.directUrl;
    cursor = files?.pageInfo.hasNextPage === true ? files.pageInfo.endCursor : null;
  } while (cursor !== null);
  throw new MlogError("FILE_NOT_FOUND", `artifact ${name}:${alias} has lost its file ${fileName}`);
}

/** @returns the MD5 of what arrived, in base64; undefined if it was cut off */
async function fetchTo(
  connection: Connection,
  url: string,
  path: string,
  size: number | undefined,
  { signal, onProgress }: TransferOptions,
): Promise<string | undefined> {
  const { body } = await connection.get(url, signal);
  const md5 = createHash("md5");
  let received = 0;
  const watch = async function* (chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      md5.update(chunk);
      received += chunk.length;
      onProgress?.(received, size);
      yield chunk;
    }
  };
  try {
    await pipeline((body ?? []) as AsyncIterable<Uint8Array>, watch, createWriteStream(path), {
      ...(signal !== undefined && { signal }),
    });
    return md5.digest("base64");
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    return undefined;
  }
}

async function putInPlace(from: string, to: string, overwrite: boolean): Promise<void> {
  if (overwrite) return rename(from, to);
  try {
    await link(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new MlogError("FILE_EXISTS", `${to} is there already: download to another path, or with overwrite`);
  }
}
