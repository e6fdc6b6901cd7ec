import { ObjectStoreError } from "@mlog/object-store";

/** A store that is wrongly configured. */
export function createObjectStore(): never {
  throw new ObjectStoreError("ACCESS_DENIED", "this store is broken");
}
