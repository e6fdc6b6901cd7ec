import type { ObjectStore } from "@mlog/object-store";
import type { AzureBlobOptions } from "./options.ts";
import { AzureBlobStore } from "./azure-blob-store.ts";

export { AzureBlobStore };

/** What the thread that uploads is told. */
export interface AzureStoreOptions {
  readonly uri: string;
  readonly options: AzureBlobOptions;
}

/** Makes the store in the thread that uploads. */
export function createObjectStore({ uri, options }: AzureStoreOptions): ObjectStore {
  return new AzureBlobStore(uri, options);
}
