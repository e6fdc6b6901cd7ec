export { AzureBlobStore } from "./azure-blob-store.ts";
export type { AzureBlobOptions } from "./options.ts";
