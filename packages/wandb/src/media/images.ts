import type { ImageBatch } from "@mlog/core";
import { imageList } from "./image-list.ts";
import type { MediaContext, MediaResult } from "./media-result.ts";
import { tableWithLabels } from "./table.ts";

/** Pictures as a table of one column under `<name> Table`, or as a list under their name. */
export function imagesMedia(
  batch: ImageBatch,
  context: MediaContext,
  captions?: readonly string[],
): Promise<MediaResult> {
  const { name, images, maskClassLabels, useTable } = batch;
  if (!useTable) return imageList(batch, context, captions);
  const table = { name: `${name} Table`, columns: [name], rows: images.map((image) => [image]) };
  const captionOf = new Map(captions?.map((caption, index) => [images[index]!, caption]));
  return tableWithLabels(table, maskClassLabels, context, captionOf);
}
