import { hash } from "node:crypto";
import type { ManifestEntry } from "../wandb-file/messages.ts";

/** Where and how W&B keeps files of artifacts. */
export const STORAGE_POLICY = "wandb-storage-policy-v1";
export const STORAGE_LAYOUT = "V2";

/** A manifest as it is sent. */
export interface Manifest {
  readonly version: number;
  readonly storagePolicy: string;
  readonly storagePolicyConfig: { readonly storageLayout: string };
  /** By path. */
  readonly contents: Readonly<Record<string, ManifestFileEntry>>;
}

/** One file in a manifest. */
interface ManifestFileEntry {
  readonly digest: string;
  readonly size?: number;
  /** The artifact that had these bytes first: their address has its id in it. */
  readonly birthArtifactID?: string;
  /** Whether whoever downloads the file shall not keep it in a cache. */
  readonly skip_cache?: boolean;
}

/** The file that lists what an artifact consists of. `births`: path -> the artifact that had the bytes first. */
export function manifestFile(
  contents: readonly ManifestEntry[],
  births: ReadonlyMap<string, string>,
): Buffer {
  const manifest: Manifest = {
    version: 1,
    storagePolicy: STORAGE_POLICY,
    storagePolicyConfig: { storageLayout: STORAGE_LAYOUT },
    contents: Object.fromEntries(
      contents.map(({ path = "", digest = "", size = 0 }) => {
        const birthArtifactID = births.get(path);
        const birth = birthArtifactID === undefined ? {} : { birthArtifactID };
        return [path, { digest, size, ...birth, skip_cache: false }];
      }),
    ),
  };
  return Buffer.from(JSON.stringify(manifest));
}

/** What tells artifacts of different content apart: an MD5, in hexadecimal. */
export function manifestDigest(contents: readonly ManifestEntry[]): string {
  const lines = contents
    .map(({ path = "", digest = "" }) => ({ path, digest }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, digest }) => `${path}:${digest}\n`);
  return hash("md5", `wandb-artifact-manifest-v1\n${lines.join("")}`, "hex");
}
