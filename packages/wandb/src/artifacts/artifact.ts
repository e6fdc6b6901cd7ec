/** One file of an artifact: its bytes, or where they are. */
export interface ArtifactEntry {
  /** Inside the artifact, with `/` between its segments. */
  readonly path: string;
  readonly bytes?: Uint8Array;
  readonly sourcePath?: string;
}

/** An artifact before it is described. */
export interface ArtifactContent {
  readonly name: string;
  readonly type: string;
  readonly aliases: readonly string[];
  /** Strict JSON. */
  readonly metadata?: string;
  /** 128 characters of `[a-z0-9]`. */
  readonly clientId: string;
  readonly sequenceClientId: string;
  readonly entries: readonly ArtifactEntry[];
}
