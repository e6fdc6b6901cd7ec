import type { ImageSnapshot } from "@mlog/core";

/** A picture as a destination may give it back. */
export interface HeldPicture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** (H,W,C), 0 to 255. */
  readonly pixels: readonly number[];
}

/** The pixels of a picture of bytes, interleaved. */
export function pixelsOf({ pixels }: ImageSnapshot): HeldPicture {
  const { width, height, channels, channelsAt, data } = pixels;
  const interleaved: number[] = [];
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const at = channelsAt === "last" ? pixel * channels + channel : channel * width * height + pixel;
      interleaved.push(Number(data[at]));
    }
  }
  return { width, height, channels, pixels: interleaved };
}
