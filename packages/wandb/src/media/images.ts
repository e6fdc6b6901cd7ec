import type { ImageBatch } from "@mlog/core";
import { imageList } from "./image-list.ts";
import type { MediaContext, MediaResult } from "./media-result.ts";
import { tableWithLabels } from "./table.ts";

/** Pictures as a table of one column under `<name> Table`, or as a list under their name. */
export function imagesMedia(batch: ImageBatch, context: MediaContext): Promise<MediaResult> {
  const { name, images, maskClassLabels, useTable } = batch;
  if (!useTable) return imageList(batch, context);
  const table = { name: `${name} Table`, columns: [name], rows: images.map((image) => [image]) };
  return tableWithLabels(table, maskClassLabels, context);
}
