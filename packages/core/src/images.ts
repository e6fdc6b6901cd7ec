import { assertName } from "./arguments.ts";
import { check } from "./errors.ts";
import { type Masks, masksOf, readLabels, readMasks } from "./masks.ts";
import { type MaybePromise, whenRead } from "./maybe-promise.ts";
import type { ImageBatch, ImageSnapshot, Pixels } from "./records.ts";
import type { TensorLike } from "./tensor.ts";
import { copyValues, select } from "./tensor-copy.ts";
import { readEach } from "./tensor-list.ts";
import { type TensorSource, squeeze } from "./tensor-source.ts";

/**
 * One picture (rank 3 at most), a batch of them (rank 4) or a list.
 *
 * An array that holds at least one object other than an array (a tensor, a typed array, an
 * `ImageData`) is a list; an array of nothing but numbers, booleans and arrays is one nested tensor.
 */
export type Images = TensorLike | readonly TensorLike[];

/** How pictures are to be read and shown; under the names and with the defaults of Composer. */
export interface ImageOptions {
  /** Default: `"Images"`. */
  name?: string | undefined;
  /** Default: false, and pictures are (C,H,W). True: (H,W,C). `ImageData` and sharp's raw pixels are (H,W,C) always. */
  channelsLast?: boolean | undefined;
  /** Default: the batch of the state's timestamp. */
  step?: number | undefined;
  /** Mask name -> class ids from 0 to 255: (H,W), or one such mask per picture as a list or (N,H,W). */
  masks?: Readonly<Record<string, Masks>> | undefined;
  /** Class id -> its name, shared by all masks. Ids that no mask has are fine. */
  maskClassLabels?: Readonly<Record<number, string>> | undefined;
  /** Default: true. Where it makes a difference (W&B), show a table of one column and not a list. */
  useTable?: boolean | undefined;
}

/**
 * Copies pictures and masks, so that the caller may go on with its own. Rules of Composer: axes of
 * length one are removed from each picture; what then has two axes is (H,W) with one channel, what
 * has one is a column (N,1,1) of pixels in (H,W,C). So a picture of (3,1,9) is a grey one of
 * 3 x 9, with channels first or last. Beyond Composer, a picture of a single pixel is one,
 * greyscale with alpha (two channels) is allowed, and `ImageData` and sharp's raw pixels, whose
 * layout is known, keep their axes.
 *
 * @throws MlogTypeError or MlogRangeError `INVALID_IMAGE`, `INVALID_MASK`, `INVALID_TENSOR`,
 * `INVALID_NAME`, `INVALID_ARGUMENT`; MlogError `TENSOR_READ_FAILED`; a promise may reject with the
 * same
 */
export function readImages(images: Images, options: ImageOptions = {}): MaybePromise<ImageBatch> {
  const { name = "Images", channelsLast = false, useTable = true } = options;
  assertName(name, "name");
  for (const [argument, value] of Object.entries({ channelsLast, useTable })) {
    check(typeof value === "boolean", "INVALID_ARGUMENT", argument, "be a boolean", value, "");
  }
  const maskClassLabels = readLabels(options.maskClassLabels);
  const read = readEach(images, "images", (source, argument, isElement) =>
    readPictures(source, channelsLast, argument, isElement),
  );
  const masks = readMasks(options.masks);
  return whenRead(read, (pictures) =>
    whenRead(masks, (named) => {
      const all = pictures
        .flat()
        .map((pixels, index, { length }): ImageSnapshot =>
          Object.freeze({ kind: "image", pixels, masks: masksOf(pixels, index, length, named) }),
        );
      return Object.freeze({ name, images: Object.freeze(all), maskClassLabels, useTable });
    }),
  );
}

/**
 * A picture for the cell of a table: its pixels and masks are copied at once.
 *
 * @param value one picture, as in {@link Logger.logImages}
 * @throws as `logImages`; `INVALID_IMAGE` also for more than one picture, and for a tensor on a device
 * that can only be read asynchronously
 */
export function image(
  value: TensorLike,
  options: Pick<ImageOptions, "channelsLast" | "masks"> = {},
): ImageSnapshot {
  const { channelsLast, masks } = options;
  const batch = readImages(value, { channelsLast, masks });
  check(
    !(batch instanceof Promise) && batch.images.length === 1,
    "INVALID_IMAGE",
    "image()",
    "be given one picture that can be read at once",
    value,
    typeof value,
  );
  return batch.images[0]!;
}

/** One copy per picture and not one of all: each can be freed by itself, and the allocator can reuse its memory. */
function readPictures(
  source: TensorSource,
  channelsLast: boolean,
  argument: string,
  isElement: boolean,
): readonly Pixels[] {
  const { shape, dtype, isPicture } = source;
  const checkShape = (ok: boolean, rule: string, found: number): void =>
    check(ok, "INVALID_IMAGE", `${argument}: shape [${shape}]`, rule, found);
  checkShape(!shape.includes(0), "have no axis of length zero", 0);
  if (shape.length > 3 && !isElement) {
    const elements = Array.from({ length: shape[0]! }, (_, i) => select(source, i));
    return elements.flatMap((element, i) => readPictures(element, channelsLast, `${argument}[${i}]`, true));
  }
  const axes = isPicture ? shape : squeeze(shape);
  const rank = axes.length;
  const isRank = rank <= 3 && shape.length > 0;
  checkShape(isRank, "have 1 to 3 axes, or 4 as a batch (a list is one)", rank);
  const last = isPicture || channelsLast || rank < 3;
  const [height = 1, width = 1, channels = 1] = last ? axes : [axes[1], axes[2], axes[0]];
  const layout = last ? "(H,W,C)" : "(C,H,W)";
  checkShape(channels <= 4, `have 1 to 4 channels as ${layout} (see channelsLast)`, channels);
  return [
    Object.freeze({
      height,
      width,
      channels,
      channelsAt: last ? "last" : "first",
      dtype,
      data: copyValues(source),
    }),
  ];
}
