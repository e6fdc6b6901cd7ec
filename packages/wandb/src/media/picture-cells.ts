import { hash } from "node:crypto";
import type { ImageSnapshot } from "@mlog/core";
import type { ArtifactEntry } from "../artifacts/artifact.ts";
import type { ExtendedJson } from "../extended-json.ts";
import { type ClassLabels, labelsFor } from "./class-labels.ts";
import type { MediaEncoder } from "./media-result.ts";
import { type EncodedPicture, encodePictures, md5Name } from "./picture.ts";

/** Pictures in the cells of a table that is an artifact. */
export interface PictureCells {
  /** What stands in the cell of a picture. */
  readonly cells: ReadonlyMap<ImageSnapshot, ExtendedJson>;
  /** The type of a column of pictures. */
  readonly type: ExtendedJson;
  /** Their files. */
  readonly entries: readonly ArtifactEntry[];
}

/** Encodes pictures as files of an artifact, named after their content. */
export async function pictureCells(
  images: readonly ImageSnapshot[],
  given: ClassLabels,
  encoder: MediaEncoder | undefined,
  captions?: ReadonlyMap<ImageSnapshot, string>,
): Promise<PictureCells> {
  const pictures = images.length === 0 ? [] : await encodePictures(images, encoder);
  const labels = labelsOfMasks(pictures, given);
  const all: ClassLabels = Object.assign({}, ...labels.values());
  const entries = new Map<string, Uint8Array>();
  const classes = labels.size === 0 ? undefined : addClasses(all, entries);
  const cells = pictures.map(({ image, masks }, index): [ImageSnapshot, ExtendedJson] => {
    const path = `media/images/${md5Name(image.data)}.png`;
    entries.set(path, image.data);
    const maskCells: Record<string, ExtendedJson> = {};
    for (const [name, { file }] of Object.entries(masks)) {
      const maskPath = `media/images/mask/${md5Name(file.data)}.mask.png`;
      entries.set(maskPath, file.data);
      maskCells[name] = { _type: "mask", path: maskPath, sha256: file.sha256 };
    }
    const { sha256, format, width, height } = image;
    const caption = captions?.get(images[index]!) ?? "";
    const cell: Record<string, ExtendedJson> = {
      ...{ _type: "image-file", path, sha256, format, width, height },
      ...(caption !== "" && { caption }),
    };
    if (Object.keys(maskCells).length > 0) Object.assign(cell, { classes, masks: maskCells });
    return [images[index]!, cell];
  });
  return {
    cells: new Map(cells),
    type: imageType(labels, all),
    entries: [...entries].map(([path, bytes]) => ({ path, bytes })),
  };
}

/** Mask name -> the labels of its classes. */
function labelsOfMasks(
  pictures: readonly EncodedPicture[],
  given: ClassLabels,
): ReadonlyMap<string, ClassLabels> {
  const ids = new Map<string, Set<number>>();
  for (const { masks } of pictures) {
    for (const [name, { classes }] of Object.entries(masks)) {
      ids.set(name, (ids.get(name) ?? new Set()).union(classes));
    }
  }
  return new Map([...ids].map(([name, classes]) => [name, labelsFor(given, classes)]));
}

/** Adds the file that names all classes, and gives what refers to it. */
function addClasses(labels: ClassLabels, entries: Map<string, Uint8Array>): ExtendedJson {
  const classSet = Object.entries(labels).map(([id, name]) => ({ id: Number(id), name }));
  const bytes = Buffer.from(JSON.stringify({ _type: "classes", class_set: classSet }));
  const path = `media/classes/${hash("md5", bytes, "hex")}_cls.classes.json`;
  entries.set(path, bytes);
  return { type: "classes-file", path, digest: hash("md5", bytes, "base64") };
}

function imageType(labels: ReadonlyMap<string, ClassLabels>, all: ClassLabels): ExtendedJson {
  const layers = [...labels].map(([name, each]) => [name, Object.keys(each).map(Number)]);
  return {
    wb_type: "image-file",
    params: {
      box_layers: constant({}),
      box_score_keys: { wb_type: "const", params: { is_set: true, val: [] } },
      box_class_maps: constant({}),
      mask_layers: constant(Object.fromEntries(layers) as ExtendedJson),
      mask_class_maps: constant(Object.fromEntries(labels) as ExtendedJson),
      class_map: constant({ ...all }),
    },
  };
}

function constant(val: ExtendedJson): ExtendedJson {
  return { wb_type: "const", params: { is_set: false, val } };
}
