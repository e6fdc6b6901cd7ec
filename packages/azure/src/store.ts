import type { ObjectStore } from "@mlog/object-store";
import { AzureBlobStore } from "./azure-blob-store.ts";
import type { AzureBlobOptions } from "./options.ts";

/** What the thread that uploads is told. */
export interface StoreOptions {
  readonly uri: string;
  readonly options: AzureBlobOptions;
}

/** Makes the store in the thread that uploads. */
export function createObjectStore({ uri, options }: StoreOptions): ObjectStore {
  return new AzureBlobStore(uri, options);
}
