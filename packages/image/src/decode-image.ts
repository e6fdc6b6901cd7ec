import { MlogError, type Mask, type Pixels } from "@mlog/core";
import { decode } from "fast-png";

/**
 * The pixels of a picture that an {@link ImageEncoder} has made, as 8-bit values in (H,W,C). Decodes on
 * libuv's threads.
 *
 * @param channels how many to give, 1 to 4, since WebP has no grey. Default: as many as the file has
 * @throws MlogError `IMAGE_DECODING_FAILED`
 */
export async function decodeImage(file: Uint8Array, channels?: number): Promise<Pixels> {
  // Not imported before it is needed: who encodes has it in a worker only.
  const { default: sharp } = await import("sharp");
  try {
    const source = sharp(file, { limitInputPixels: false });
    const wanted = channels ?? (await source.metadata()).channels;
    if (![1, 2, 3, 4].includes(wanted)) throw new Error(`it cannot have ${wanted} channels`);
    const { data, info } = await source.raw().toBuffer({ resolveWithObject: true });
    const { height, width } = info;
    const bytes = pick(data, info.channels, wanted);
    return { height, width, channels: wanted, channelsAt: "last", dtype: "uint8", data: bytes };
  } catch (cause) {
    throw notDecoded("picture", cause);
  }
}

/**
 * The class ids of a mask that {@link ImageEncoder.encodeMask} has made. Decodes on the calling thread.
 *
 * @throws MlogError `IMAGE_DECODING_FAILED`
 */
export function decodeMask(file: Uint8Array): Mask {
  try {
    const { height, width, data, depth, channels } = decode(file);
    if (depth !== 8 || channels !== 1) throw new Error(`it has ${channels} channels of ${depth} bits`);
    return { height, width, data: Uint8Array.from(data) };
  } catch (cause) {
    throw notDecoded("mask", cause);
  }
}

/** From three or four channels; grey is the first of them. */
function pick(from: Uint8Array, channels: number, wanted: number): Uint8Array {
  if (channels === wanted) return new Uint8Array(from);
  const to = new Uint8Array((from.length / channels) * wanted);
  for (let source = 0, target = 0; target < to.length; source += channels, target += wanted) {
    for (let channel = 0; channel < wanted; channel++) to[target + channel] = from[source + channel]!;
    if (wanted === 2) to[target + 1] = channels === 4 ? from[source + 3]! : 255;
  }
  return to;
}

function notDecoded(what: string, cause: unknown): MlogError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MlogError("IMAGE_DECODING_FAILED", `a ${what} cannot be decoded: ${reason}`, { cause });
}
