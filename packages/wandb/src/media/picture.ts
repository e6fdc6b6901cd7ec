import { hash } from "node:crypto";
import { type ImageSnapshot, type Mask, MlogError, MlogRangeError } from "@mlog/core";
import type { EncodedImage } from "@mlog/image";
import type { MediaEncoder } from "./media-result.ts";

/** A mask as a grey PNG whose pixels are class ids, and the ids that are in it. */
export interface EncodedMask {
  readonly file: EncodedImage;
  readonly classes: ReadonlySet<number>;
}

/** The files of one picture. */
export interface EncodedPicture {
  readonly image: EncodedImage;
  /** By name. */
  readonly masks: Readonly<Record<string, EncodedMask>>;
}

/**
 * Encodes pictures with their masks, each as PNG, by Composer's rule for pixels.
 *
 * @throws MlogError `IMAGES_NOT_STORED` where nothing can encode them; MlogRangeError `INVALID_MASK`;
 * an error of the encoder
 */
export async function encodePictures(
  images: readonly ImageSnapshot[],
  encoder: MediaEncoder | undefined,
): Promise<readonly EncodedPicture[]> {
  if (encoder === undefined) {
    throw new MlogError(
      "IMAGES_NOT_STORED",
      "pictures are not logged to W&B, since nothing here encodes them: install @mlog/image beside @mlog/wandb",
    );
  }
  return settled(images.map((image) => encodePicture(image, encoder)));
}

async function encodePicture(picture: ImageSnapshot, encoder: MediaEncoder): Promise<EncodedPicture> {
  const [image, masks] = await settled([
    encoder.encode(picture),
    settled(
      Object.entries(picture.masks).map(
        async ([name, mask]) => [name, await encodeMask(mask, encoder)] as const,
      ),
    ),
  ]);
  return { image, masks: Object.fromEntries(masks) };
}

/** W&B wants class ids as levels of grey, where the encoder's own masks are indices of a palette. */
async function encodeMask(mask: Mask, encoder: MediaEncoder): Promise<EncodedMask> {
  const { height, width } = mask;
  const classes = new Set<number>();
  const data = Uint8Array.from(mask.data as ArrayLike<number | bigint>, (value) => {
    const id = Number(value);
    if (!Number.isInteger(id) || id < 0 || id > 255) {
      throw new MlogRangeError("INVALID_MASK", `a class id must be an integer from 0 to 255, not ${id}`);
    }
    classes.add(id);
    return id;
  });
  const pixels = { height, width, channels: 1, channelsAt: "last", dtype: "uint8", data } as const;
  // Every level becomes itself.
  const file = await encoder.encode({ pixels }, { range: [0, 255] });
  return { file, classes };
}

/** The first 20 digits of the MD5 of a file, which name it inside an artifact. */
export function md5Name(bytes: Uint8Array): string {
  return hash("md5", bytes, "hex").slice(0, 20);
}

/** As `Promise.all`, but that nothing goes on any more when it rejects. */
async function settled<Values extends readonly unknown[] | []>(
  promises: Values,
): Promise<{ -readonly [Index in keyof Values]: Awaited<Values[Index]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
