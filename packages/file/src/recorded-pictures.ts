import { image, MlogError } from "@mlog/core";
import { loadMediaPackage, type MediaPackage } from "./media-package.ts";
import { readMedia } from "./read-media.ts";
import type { ImageCell, ImageReference } from "./record.ts";

/** A picture as it can be logged again. */
export interface RecordedPicture {
  readonly pixels: {
    /** (H,W,C). */
    readonly data: Uint8Array | Float32Array;
    readonly info: { readonly width: number; readonly height: number; readonly channels: number };
  };
  /** Mask name -> class ids. */
  readonly masks: Readonly<Record<string, { readonly data: Uint8Array; readonly shape: readonly number[] }>>;
}

/** Gives the pictures of a log back, so that logging them again makes the same files. */
export class RecordedPictures {
  readonly #path: string | URL | undefined;
  readonly #onMissing: (error: unknown) => void;
  #package: Promise<MediaPackage> | undefined;
  #missing = 0;

  /**
   * @param path the log or its folder; undefined if nobody knows
   * @param onMissing told why a picture cannot be read
   */
  constructor(path: string | URL | undefined, onMissing: (error: unknown) => void) {
    this.#path = path;
    this.#onMissing = onMissing;
  }

  /** Pictures that could not be read. */
  get missing(): number {
    return this.#missing;
  }

  /** Undefined, and told, if the picture or one of its masks cannot be read. */
  async read(reference: ImageReference): Promise<RecordedPicture | undefined> {
    try {
      return await this.#read(reference);
    } catch (error) {
      this.#missing++;
      this.#onMissing(error);
      return undefined;
    }
  }

  /** The rows of a table; a picture that cannot be read stays what the record has. */
  rows(rows: readonly (readonly unknown[])[]): Promise<unknown[][]> {
    return Promise.all(rows.map((row) => Promise.all(row.map((cell) => this.#cell(cell)))));
  }

  async #cell(cell: unknown): Promise<unknown> {
    if (!isImageCell(cell)) return cell;
    const picture = await this.read(cell.$image);
    return picture === undefined ? cell : image(picture.pixels, { masks: picture.masks });
  }

  async #read(reference: ImageReference): Promise<RecordedPicture> {
    if (this.#path === undefined) {
      throw new MlogError(
        "MEDIA_MISSING",
        "the records are not read from a path, so the files of their pictures cannot be found",
      );
    }
    const path = this.#path;
    const { decodeImage, decodeMask } = await (this.#package ??= loadMediaPackage());
    const { data, ...info } = await decodeImage(await readMedia(path, reference), reference.channels);
    const masks = Object.entries(reference.masks).map(async ([name, mask]) => {
      const { height, width, data: classIds } = decodeMask(await readMedia(path, mask));
      return [name, { data: classIds as Uint8Array, shape: [height, width] }] as const;
    });
    return {
      pixels: { data: asLogged(data as Uint8Array), info },
      masks: Object.fromEntries(await Promise.all(masks)),
    };
  }
}

/**
 * Values of which Composer's rule makes the same bytes again: it would spread those that are 0 and 1 only,
 * and cuts off fractions.
 */
function asLogged(bytes: Uint8Array): RecordedPicture["pixels"]["data"] {
  return bytes.some((byte) => byte > 1) ? bytes : Float32Array.from(bytes, (byte) => byte * 1.5);
}

/** Whether a cell was a picture; in a column of several kinds the line says no more than this. */
export function isImageCell(cell: unknown): cell is ImageCell {
  const reference = (cell as Partial<ImageCell> | null)?.$image;
  return (
    typeof reference === "object" && typeof reference.file === "string" && typeof reference.masks === "object"
  );
}
