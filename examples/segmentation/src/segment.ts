import { SIZE } from "./scene.ts";

/**
 * The class of each pixel, by how much redder or bluer than green it is.
 *
 * @param pixels (3,SIZE,SIZE), from 0 to 1
 * @param threshold how much more red or blue there must be
 */
export function segment(pixels: Float32Array, threshold: number): Uint8Array {
  const plane = SIZE * SIZE;
  return Uint8Array.from({ length: plane }, (_, i) => {
    const [red, green, blue] = [pixels[i]!, pixels[plane + i]!, pixels[2 * plane + i]!];
    if (Math.max(red, blue) - green < threshold) return 0;
    return red > blue ? 1 : 2;
  });
}

/** Intersection over union: 1 if both agree on every pixel of the class, NaN if neither has one. */
export function overlap(truth: Uint8Array, prediction: Uint8Array, classId: number): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < truth.length; i++) {
    const [actual, predicted] = [truth[i] === classId, prediction[i] === classId];
    if (actual && predicted) both++;
    if (actual || predicted) either++;
  }
  return both / either;
}
