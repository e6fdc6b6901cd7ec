import { ObjectStoreError } from "./object-store-error.ts";
import type { ObjectInfo } from "./object-store.ts";

/**
 * The bytes of an object that a range stands for.
 *
 * @throws ObjectStoreError `INVALID_RANGE` if it holds none of them
 */
export function bytesOfRange(
  range: { readonly start: number; readonly end: number } | undefined,
  { name, size }: ObjectInfo,
): { readonly start: number; readonly end: number } {
  if (range === undefined) return { start: 0, end: size };
  const { start, end } = { start: range.start, end: Math.min(range.end, size) };
  if (start >= 0 && start < end) return { start, end };
  throw new ObjectStoreError(
    "INVALID_RANGE",
    `${name} has ${size} bytes, and none from ${range.start} to ${range.end - 1}`,
  );
}
