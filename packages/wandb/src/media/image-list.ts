import { type ImageBatch, MlogError } from "@mlog/core";
import type { ExtendedJson } from "../extended-json.ts";
import { labelsFor, labelsInConfig } from "./class-labels.ts";
import { mediaPath } from "./file-name.ts";
import type { ConfigAddition, MediaContext, MediaFile, MediaResult } from "./media-result.ts";
import { type EncodedPicture, encodePictures } from "./picture.ts";

/** W&B shows no more of one list. */
const LIST_LIMIT = 108;

/** Pictures as a list: one value that names a file per picture and per mask. */
export async function imageList(
  batch: ImageBatch,
  context: MediaContext,
  captions?: readonly string[],
): Promise<MediaResult> {
  const { name: key, images, maskClassLabels } = batch;
  const { step, encoder } = context;
  const pictures = await encodePictures(images.slice(0, LIST_LIMIT), encoder);
  const files: MediaFile[] = [];
  const classes = new Map<string, Set<number>>();
  const filenames = pictures.map(({ image }) => {
    const path = mediaPath("images", key, step, image.sha256, "png");
    files.push({ path, bytes: image.data });
    return path;
  });
  const allMasks = pictures.map(({ masks }) => {
    const values: Record<string, ExtendedJson> = {};
    for (const [name, mask] of Object.entries(masks)) {
      const { data, sha256 } = mask.file;
      const path = mediaPath("images/mask", key, step, sha256, "mask.png");
      files.push({ path, bytes: data });
      values[name] = { _type: "mask", path, sha256, size: data.length };
      classes.set(name, (classes.get(name) ?? new Set()).union(mask.classes));
    }
    return Object.keys(values).length === 0 ? null : values;
  });
  const config = [...classes].map(([mask, ids]): ConfigAddition =>
    labelsInConfig(key, mask, labelsFor(maskClassLabels, ids)),
  );
  return {
    key,
    value: {
      _type: "images/separated",
      format: "png",
      ...sizeOf(pictures),
      count: pictures.length,
      filenames,
      ...(captions !== undefined && { captions: captions.slice(0, LIST_LIMIT) }),
      ...(classes.size > 0 && { all_masks: allMasks }),
    },
    files: distinct(files),
    config,
    notices: images.length > LIST_LIMIT ? [tooMany(key, images.length)] : [],
  };
}

/** W&B asks for the size of the first one. */
function sizeOf(pictures: readonly EncodedPicture[]): { readonly width: number; readonly height: number } {
  const { width = 0, height = 0 } = pictures[0]?.image ?? {};
  return { width, height };
}

/** Equal pictures share a file. */
function distinct(files: readonly MediaFile[]): readonly MediaFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

function tooMany(key: string, count: number): MlogError {
  return new MlogError(
    "WANDB_IMAGES_CUT",
    `of the ${count} pictures ${JSON.stringify(key)}, W&B gets the first ${LIST_LIMIT}, which is all that it takes in one list: ` +
      "log them in several calls under different names, or as a table",
  );
}
