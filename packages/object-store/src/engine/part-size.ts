import type { ObjectStore } from "../object-store.ts";

/** Files larger than that go in parts, so that a broken connection costs one part, in bytes. */
const IN_PARTS_ABOVE = 64 * 1024 * 1024;
/** How large a part is unless the store says otherwise, in bytes. */
const PART = 32 * 1024 * 1024;

/** The size of the parts that a file of `size` bytes is sent in; 0 for one request. */
export function partSizeFor(size: number, { multipart, maxPutSize = Infinity }: ObjectStore): number {
  if (multipart === undefined || size <= Math.min(IN_PARTS_ABOVE, maxPutSize)) return 0;
  const { minPartSize, maxPartSize, maxParts } = multipart;
  return Math.min(maxPartSize, Math.max(PART, minPartSize, Math.ceil(size / maxParts)));
}
