import { describe, type ImageBatch, MlogTypeError } from "@mlog/core";

/** Which picture a caption is for. */
export interface CaptionedPicture {
  /** The name that the pictures are logged under. */
  readonly name: string;
  /** Its place among the pictures of the call, from 0. */
  readonly index: number;
  readonly step: number;
}

/** Says what stands below a picture; called while `logImages` is, once for each. */
export type Caption = (picture: CaptionedPicture) => string | undefined;

/**
 * The captions of all pictures, empty where one has none; undefined if none has.
 *
 * @throws MlogTypeError `INVALID_ARGUMENT` if one is no string; what `caption` throws
 */
export function captionsOf(
  { name, images }: ImageBatch,
  step: number,
  caption: Caption,
): readonly string[] | undefined {
  const captions = images.map((_, index): string => {
    const text: unknown = caption({ name, index, step }) ?? "";
    if (typeof text === "string") return text;
    throw new MlogTypeError(
      "INVALID_ARGUMENT",
      `the caption of picture ${index} of ${JSON.stringify(name)} must be a string, not ${describe(text)}`,
    );
  });
  return captions.some((text) => text !== "") ? captions : undefined;
}
