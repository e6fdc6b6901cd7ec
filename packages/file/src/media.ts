import type { Cell, ImageSnapshot, Table } from "@mlog/core";
import { MlogError } from "@mlog/core";
import type { ImageReference } from "./record.ts";

/**
 * Keeps pictures as files beside the log. `store` may not keep the caller waiting: it answers with
 * the references a record needs, under names that follow from the pixels, and does the rest elsewhere.
 */
export interface MediaStore {
  store(image: ImageSnapshot): ImageReference;
}

/** Stands in where nothing can encode pictures: keeps their sizes, and says once what to install. */
export class MissingMediaStore implements MediaStore {
  readonly #report: (error: unknown) => void;
  #reported = false;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  store(image: ImageSnapshot): ImageReference {
    if (!this.#reported) {
      this.#reported = true;
      this.#report(
        new MlogError(
          "IMAGES_NOT_STORED",
          "the log keeps the size of pictures but not their pixels, since nothing here encodes them: " +
            "install @mlog/image beside @mlog/file",
        ),
      );
    }
    const { width, height, channels } = image.pixels;
    const masks = Object.fromEntries(Object.keys(image.masks).map((name) => [name, { file: null }]));
    return { file: null, width, height, channels, masks };
  }
}

/** Cells as plain data; a picture becomes `{ "$image": ... }`. */
export function tableRows(table: Table, media: MediaStore): unknown[][] {
  return table.rows.map((row) => row.map((cell) => (isImage(cell) ? { $image: media.store(cell) } : cell)));
}

/** Tells a picture from plain data, which never holds a typed array. */
function isImage(cell: Cell): cell is ImageSnapshot {
  return (
    typeof cell === "object" &&
    cell !== null &&
    (cell as { kind?: unknown }).kind === "image" &&
    ArrayBuffer.isView((cell as { pixels?: { data?: unknown } }).pixels?.data)
  );
}
