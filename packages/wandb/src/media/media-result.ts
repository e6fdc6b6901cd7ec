import type { MlogError } from "@mlog/core";
import type { ImageEncoder } from "@mlog/image";
import type { ArtifactContent } from "../artifacts/artifact.ts";
import type { ExtendedJson } from "../extended-json.ts";

/** A file of the run that a value refers to. */
export interface MediaFile {
  /** Below the run's files, with `/` between its segments. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What a value adds to the config, below its `_wandb`. */
export interface ConfigAddition {
  readonly path: readonly string[];
  readonly value: ExtendedJson;
}

/** What becomes of a table or of pictures. */
export interface MediaResult {
  /** The name in the history. */
  readonly key: string;
  /** What stands there. */
  readonly value: ExtendedJson;
  readonly files: readonly MediaFile[];
  readonly config: readonly ConfigAddition[];
  readonly artifact?: ArtifactContent;
  /** What W&B does not take of it: to be reported, each code once. */
  readonly notices: readonly MlogError[];
}

/** What of `@mlog/image` is needed. */
export type MediaEncoder = Pick<ImageEncoder, "encode" | "encodeMask">;

/** What the making of media may use. */
export interface MediaContext {
  readonly runId: string;
  /** Stands in the names of files. */
  readonly step: number;
  /** Undefined: `@mlog/image` is not installed. */
  readonly encoder: MediaEncoder | undefined;
  /** 128 characters of `[a-z0-9]`, never the same. */
  randomId(): string;
}
