import type { ObjectStore } from "@mlog/object-store";
import type { S3Options } from "./options.ts";
import { S3ObjectStore } from "./s3-object-store.ts";

export { S3ObjectStore };

/** What the thread that uploads is told. */
export interface S3StoreOptions {
  readonly uri: string;
  readonly options: S3Options;
}

/** Makes the store in the thread that uploads. */
export function createObjectStore({ uri, options }: S3StoreOptions): ObjectStore {
  return new S3ObjectStore(uri, options);
}
