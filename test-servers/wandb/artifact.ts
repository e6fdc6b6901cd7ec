/** How far an artifact is: rule R1 knows the order. */
export type ArtifactStage = "created" | "announced" | "manifest expected" | "manifest stored" | "committed";

/** One entry of a manifest. */
export interface ManifestEntry {
  /** The md5 in base64. */
  readonly digest: string;
  readonly size?: number;
  readonly ref?: string;
}

/** One file that an artifact was promised. */
export interface ArtifactFile {
  readonly name: string;
  /** In base64, as announced. */
  readonly md5: string;
  bytes: Buffer | undefined;
}

/** One version of an artifact, or one in the making. */
export interface Artifact {
  readonly id: string;
  readonly entity: string;
  readonly project: string;
  readonly collection: string;
  readonly type: string;
  readonly digest: string;
  /** The client's names for it: one, and those of later uploads of the same content. */
  readonly clientIds: Set<string>;
  readonly sequenceClientId: string | undefined;
  readonly runId: string | undefined;
  readonly description: string | undefined;
  metadata: Readonly<Record<string, unknown>>;
  readonly historyStep: number | undefined;
  readonly wantedAliases: readonly string[];
  /** Of the collection; those of others move here when this is committed. */
  readonly aliases: Set<string>;
  stage: ArtifactStage;
  /** Since it is committed. */
  version: number | undefined;
  readonly manifestId: string;
  manifestMd5: string | undefined;
  manifest: Readonly<Record<string, ManifestEntry>> | undefined;
  manifestBytes: Buffer | undefined;
  readonly files: Map<string, ArtifactFile>;
}

/** All versions under one name. */
export interface Collection {
  readonly name: string;
  readonly type: string;
  readonly versions: Artifact[];
}
