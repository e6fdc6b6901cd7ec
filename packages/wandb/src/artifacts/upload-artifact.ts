import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MlogError, isMlogError } from "@mlog/core";
import type { Connection } from "../client/connection.ts";
import type { ArtifactRecord, ManifestEntry } from "../wandb-file/messages.ts";
import { STORAGE_LAYOUT, manifestFile } from "./manifest.ts";
import {
  COMMIT_ARTIFACT,
  CREATE_ARTIFACT,
  CREATE_ARTIFACT_FILES,
  CREATE_ARTIFACT_MANIFEST,
} from "./operations.ts";

/** The run that an artifact comes from. */
export interface ArtifactRun {
  readonly entity: string;
  readonly project: string;
  readonly runId: string;
  /** The run's folder: a file that is no longer where it was is looked for below it. */
  readonly runDir: string;
  /** The step at which it was logged; null if that was the first, or is not known. */
  readonly historyStep: number | null;
}

/** What became of an artifact. */
export interface UploadedArtifact {
  readonly id: string;
  /** `DEDUPLICATED`: the same content was there already, and has got the aliases. */
  readonly state: "COMMITTED" | "DEDUPLICATED";
}

interface Created {
  readonly createArtifact: {
    readonly artifact: {
      readonly id: string;
      readonly state: "PENDING" | "COMMITTED" | "DELETED";
      readonly artifactSequence: { readonly latestArtifact: { readonly id: string } | null } | null;
    };
  };
}

interface ManifestAnswer {
  readonly createArtifactManifest: {
    readonly artifactManifest: { readonly id: string; readonly file: Partial<UploadPlace> };
  };
}

interface FilesAnswer {
  readonly createArtifactFiles: {
    readonly files: { readonly edges: readonly { readonly node: UploadPlace }[] };
  };
}

interface UploadPlace {
  /** Null: the bytes are there already. */
  readonly uploadUrl: string | null;
  readonly uploadHeaders: readonly string[] | null;
  /** The artifact that has had the bytes first. */
  readonly artifact?: { readonly id: string } | null;
}

/** Files that one request asks places for, and that are sent at the same time. */
const BATCH = 100;
const AT_ONCE = 8;
/** How often a place is asked for, since a signed URL may be too old before it is used. */
const PLACES = 3;

/**
 * Sends an artifact and commits it. May be repeated with the same record, if it failed or it is not known
 * whether it did. Versions are numbered as they are committed: send artifacts of one name one after the other.
 *
 * @throws MlogError of the connection; `FILE_NOT_FOUND` if a file of the artifact is gone
 */
export async function uploadArtifact(
  connection: Connection,
  record: ArtifactRecord,
  run: ArtifactRun,
  signal: AbortSignal,
): Promise<UploadedArtifact> {
  const { createArtifact } = await connection.graphql<Created>(
    CREATE_ARTIFACT,
    { input: inputOf(record, run) },
    signal,
  );
  const { id, state, artifactSequence } = createArtifact.artifact;
  if (state === "COMMITTED") return { id, state: "DEDUPLICATED" };
  const contents = record.manifest?.contents ?? [];
  const askForManifest = (digest: string): Promise<ManifestAnswer> =>
    connection.graphql<ManifestAnswer>(
      CREATE_ARTIFACT_MANIFEST,
      {
        artifactID: id,
        baseArtifactID: artifactSequence?.latestArtifact?.id ?? null,
        name: "wandb_manifest.json",
        digest,
        entityName: run.entity,
        projectName: run.project,
        runName: run.runId,
        manifestType: "FULL",
        includeUpload: digest !== "",
      },
      signal,
    );
  const manifest = (await askForManifest("")).createArtifactManifest.artifactManifest;
  const births = new Map<string, string>();
  for (let from = 0; from < contents.length; from += BATCH) {
    const batch = contents.slice(from, from + BATCH);
    const places = await sendFiles(connection, batch, id, manifest.id, record, run, signal);
    for (const [index, { path = "" }] of batch.entries()) births.set(path, places[index]?.artifact?.id ?? id);
  }
  const file = manifestFile(contents, births);
  await putInPlace(connection, file, signal, async () => {
    const answer = await askForManifest(hash("md5", file, "base64"));
    return answer.createArtifactManifest.artifactManifest.file;
  });
  await connection.graphql(COMMIT_ARTIFACT, { artifactID: id }, signal);
  return { id, state: "COMMITTED" };
}

function inputOf(record: ArtifactRecord, run: ArtifactRun): Readonly<Record<string, unknown>> {
  const { name = "", aliases } = record;
  return {
    entityName: run.entity,
    projectName: run.project,
    runName: run.runId,
    artifactTypeName: record.type,
    artifactCollectionName: name,
    digest: record.digest,
    digestAlgorithm: "MANIFEST_MD5",
    description: record.description ?? null,
    metadata: record.metadata ?? null,
    aliases: aliases.map((alias) => ({ artifactCollectionName: name, alias })),
    historyStep: run.historyStep,
    enableDigestDeduplication: true,
    clientID: record.client_id,
    sequenceClientID: record.sequence_client_id,
  };
}

/** Resolves with the places that the files were first given, in their order. */
async function sendFiles(
  connection: Connection,
  entries: readonly ManifestEntry[],
  artifactID: string,
  artifactManifestID: string,
  record: ArtifactRecord,
  run: ArtifactRun,
  signal: AbortSignal,
): Promise<readonly UploadPlace[]> {
  const placesFor = async (wanted: readonly ManifestEntry[]): Promise<readonly UploadPlace[]> => {
    const artifactFiles = wanted.map(({ path, digest }) => ({
      artifactID,
      artifactManifestID,
      name: path,
      md5: digest,
    }));
    const answer = await connection.graphql<FilesAnswer>(
      CREATE_ARTIFACT_FILES,
      { artifactFiles, storageLayout: STORAGE_LAYOUT },
      signal,
    );
    return answer.createArtifactFiles.files.edges.map(({ node }) => node);
  };
  const places = await placesFor(entries);
  const waiting = [...entries.entries()];
  const sendNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, entry] = next;
      let place = places[index];
      const body = { path: pathOf(entry, record, run), size: entry.size ?? 0 };
      await putInPlace(connection, body, signal, async () => {
        const first = place;
        place = undefined;
        return first ?? (await placesFor([entry]))[0];
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, entries.length) }, sendNext));
  return places;
}

/** Puts bytes to a place, and to another if its URL is too old. */
async function putInPlace(
  connection: Connection,
  body: Uint8Array | { readonly path: string; readonly size: number },
  signal: AbortSignal,
  findPlace: () => Promise<Partial<UploadPlace> | undefined>,
): Promise<void> {
  for (let left = PLACES - 1; ; left--) {
    const { uploadUrl: url, uploadHeaders } = (await findPlace()) ?? {};
    if (typeof url !== "string") return;
    try {
      return await connection.put({ url, headers: uploadHeaders ?? [], body }, signal);
    } catch (error) {
      if (left === 0 || !isMlogError(error, "WANDB_URL_EXPIRED")) throw error;
    }
  }
}

/** Where a file was when it was logged; else in the run's folder, which may have been moved. */
function pathOf(
  { path = "", local_path: local = "" }: ManifestEntry,
  record: ArtifactRecord,
  run: ArtifactRun,
): string {
  const candidates = [local, join(run.runDir, "artifacts", record.client_id ?? "", path)];
  const found = candidates.find((candidate) => candidate !== "" && existsSync(candidate));
  if (found !== undefined) return found;
  throw new MlogError(
    "FILE_NOT_FOUND",
    `artifact ${record.name} lacks its file ${path}: it is not at ${candidates.join(" or ")}`,
  );
}
