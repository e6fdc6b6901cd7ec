import { createHash, hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { ArtifactRecord, ManifestEntry } from "../wandb-file/messages.ts";
import type { ArtifactContent, ArtifactEntry } from "./artifact.ts";
import { STORAGE_LAYOUT, STORAGE_POLICY, manifestDigest } from "./manifest.ts";

/**
 * Sizes and checksums of an artifact: all that has to be known to send it, and that the `.wandb` file holds
 * of it.
 *
 * @param localPathOf where each entry is, as an absolute path
 * @throws what the file system throws
 */
export async function describeArtifact(
  content: ArtifactContent,
  localPathOf: (entry: ArtifactEntry) => string,
): Promise<ArtifactRecord> {
  const { name, type, aliases, metadata, clientId, sequenceClientId } = content;
  const contents: ManifestEntry[] = [];
  for (const entry of content.entries) contents.push(await describeEntry(entry, localPathOf(entry)));
  return {
    type,
    name,
    digest: manifestDigest(contents),
    ...(metadata !== undefined && { metadata }),
    user_created: type === "run_table" ? 0 : 1,
    aliases: [...new Set([...aliases, "latest"])].sort(),
    manifest: {
      version: 1,
      storage_policy: STORAGE_POLICY,
      storage_policy_config: [{ key: "storageLayout", value_json: JSON.stringify(STORAGE_LAYOUT) }],
      contents,
    },
    finalize: 1,
    client_id: clientId,
    sequence_client_id: sequenceClientId,
  };
}

async function describeEntry({ path, bytes }: ArtifactEntry, localPath: string): Promise<ManifestEntry> {
  const where = { path, local_path: localPath };
  if (bytes !== undefined) return { ...where, digest: hash("md5", bytes, "base64"), size: bytes.length };
  const { size } = await stat(localPath);
  return { ...where, digest: await fileMd5(localPath), size };
}

/** The MD5 of a file in base64. */
async function fileMd5(path: string): Promise<string> {
  const md5 = createHash("md5");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) md5.update(chunk as Buffer);
  return md5.digest("base64");
}
