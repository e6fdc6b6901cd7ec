import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ImageBatch, MlogError, Table } from "@mlog/core";
import type { ArtifactContent, ArtifactEntry } from "../artifacts/artifact.ts";
import { randomId } from "../artifacts/random-id.ts";
import { describeArtifact } from "../artifacts/describe-artifact.ts";
import { imagesMedia } from "../media/images.ts";
import type { MediaContext, MediaEncoder, MediaResult } from "../media/media-result.ts";
import { picturesOf } from "../media/table-cells.ts";
import { tableMedia } from "../media/table.ts";
import type { RunFolder } from "../run-folder.ts";
import type { ArtifactRecord } from "../wandb-file/messages.ts";
import type { Made } from "./made-log.ts";

/** A table or pictures with their pixels. */
export type Media =
  | { readonly kind: "table"; readonly table: Table }
  | {
      readonly kind: "images";
      readonly batch: ImageBatch;
      /** One for each picture, if any has one. */
      readonly captions: readonly string[] | undefined;
    };

/** Makes files and values of tables, pictures and artifacts, in the folder of the run. */
export class MediaMaker {
  readonly #folder: RunFolder;
  readonly #onNotice: (notice: MlogError) => void;
  #encoder: Promise<MediaEncoder | undefined> | undefined;

  /** @param onNotice told of what is left out of a table or a list of pictures, and why */
  constructor(folder: RunFolder, onNotice: (notice: MlogError) => void) {
    this.#folder = folder;
    this.#onNotice = onNotice;
  }

  /** Everything that is named in the result is on the disk when it comes. */
  async make(id: number, step: number, media: Media): Promise<Made> {
    const context: MediaContext = {
      runId: this.#folder.runId,
      step,
      encoder: hasPictures(media) ? await (this.#encoder ??= loadEncoder()) : undefined,
      randomId,
    };
    const result =
      media.kind === "table"
        ? await tableMedia(media.table, context)
        : await imagesMedia(media.batch, context, media.captions);
    result.notices.forEach(this.#onNotice);
    return this.#keep(id, result);
  }

  async makeArtifact(id: number, content: ArtifactContent): Promise<Made> {
    return { id, files: [], config: [], artifact: await this.#describe(content) };
  }

  async #keep(id: number, { key, value, files, config, artifact }: MediaResult): Promise<Made> {
    for (const { path, bytes } of files) await keepFile(join(this.#folder.files, path), bytes);
    return {
      id,
      key,
      value,
      files: files.map(({ path }) => path),
      config,
      ...(artifact && { artifact: await this.#describe(artifact) }),
    };
  }

  async #describe(content: ArtifactContent): Promise<ArtifactRecord> {
    const pathOf = ({ path, sourcePath }: ArtifactEntry): string =>
      sourcePath ?? join(this.#folder.artifacts, content.clientId, path);
    for (const entry of content.entries) {
      if (entry.bytes !== undefined) await keepFile(pathOf(entry), entry.bytes);
    }
    return describeArtifact(content, pathOf);
  }
}

/** Loading the encoder takes longer than most tables do. */
function hasPictures(media: Media): boolean {
  return media.kind === "images" || picturesOf(media.table).length > 0;
}

/** @mlog/image is an optional peer. */
async function loadEncoder(): Promise<MediaEncoder | undefined> {
  try {
    return (await import("@mlog/image")).sharedEncoder();
  } catch {
    return undefined;
  }
}

async function keepFile(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes, { flush: true });
}
