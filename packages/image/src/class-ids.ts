import type { Mask } from "@mlog/core";

/** A mask holds something that is no class id. */
export class InvalidMask extends Error {}

/** The class of each pixel, as bytes. @throws InvalidMask for anything but integers from 0 to 255 */
export function classIds({ data, height, width }: Mask): Uint8Array {
  if (data.length !== height * width) {
    throw new InvalidMask(
      `a mask of ${height} x ${width} has ${height * width} class ids, not ${data.length}`,
    );
  }
  if (data instanceof Uint8Array) return data;
  for (const id of data) {
    if (!Number.isInteger(Number(id)) || id < 0 || id > 255) {
      throw new InvalidMask(`a class id must be an integer from 0 to 255, not ${id}`);
    }
  }
  return Uint8Array.from(data as ArrayLike<number | bigint>, Number);
}
