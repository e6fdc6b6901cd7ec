import { hash } from "node:crypto";
import type { Mask } from "@mlog/core";
import { encode } from "fast-png";
import sharp from "sharp";
import { classIds } from "./class-ids.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { palette } from "./palette.ts";
import type { FormatSettings } from "./settings.ts";

/** Bytes as (H,W,C). */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly bytes: Uint8Array;
}

/** Encodes on libuv's threads. */
export async function makeImage(picture: Picture, settings: FormatSettings): Promise<EncodedImage> {
  const { height, width } = picture;
  const channels = picture.channels as 1 | 2 | 3 | 4;
  const raw = sharp(picture.bytes, { raw: { width, height, channels }, limitInputPixels: false });
  // Else one channel would become three.
  const pixels = channels < 3 ? raw.toColourspace("b-w") : raw;
  const file =
    settings.format === "png"
      ? pixels.png({
          compressionLevel: settings.compressionLevel,
          adaptiveFiltering: settings.adaptiveFiltering,
          palette: false,
        })
      : pixels.webp({ lossless: true, exact: true, effort: settings.effort });
  return finish(settings.format, await file.toBuffer(), width, height, channels);
}

/** Encodes on the calling thread. A PNG whose values are class ids; sharp would number the classes anew. */
export function makeMask(mask: Mask): EncodedImage {
  const { height, width } = mask;
  const data = classIds(mask);
  let highest = 0;
  for (const id of data) if (id > highest) highest = id;
  const colours = palette(highest + 1).map((colour) => [...colour]);
  return finish(
    "png",
    encode({ width, height, data, depth: 8, channels: 1, palette: colours }),
    width,
    height,
    1,
  );
}

function finish(
  format: "png" | "webp",
  file: Uint8Array,
  width: number,
  height: number,
  channels: number,
): EncodedImage {
  // In memory of its own, which can be moved to another thread.
  const data = new Uint8Array(file);
  return { format, data, width, height, channels, sha256: hash("sha256", data, "hex") };
}
