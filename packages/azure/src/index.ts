export { AzureBlobLogger, type AzureBlobLoggerOptions } from "./azure-blob-logger.ts";
export { azureStore } from "./azure-store.ts";
export type { AzureBlobOptions } from "./options.ts";
