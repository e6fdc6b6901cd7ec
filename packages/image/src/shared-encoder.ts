import { ImageEncoder } from "./image-encoder.ts";

let shared: ImageEncoder | undefined;

/**
 * The encoder, with default bounds, that destinations share so that a picture is encoded once for all
 * of them. It is not theirs to close: let them wait for what they asked for.
 */
export function sharedEncoder(): ImageEncoder {
  shared ??= new ImageEncoder();
  return shared;
}
