import { ObjectStoreLogger, type UploadOptions } from "@mlog/object-store";
import { azureStore } from "./azure-store.ts";
import { AZURE_OPTION_NAMES, type AzureBlobOptions } from "./options.ts";

/** How a container is reached, how blobs are kept in it, and how files get there. */
export interface AzureBlobLoggerOptions extends AzureBlobOptions, UploadOptions {
  /** How the destination is called in errors and results. Default: `"azure"`. */
  readonly name?: string;
}

/** Uploads files to a container of Azure Blob Storage, in a thread of its own: see {@link ObjectStoreLogger}. */
export class AzureBlobLogger extends ObjectStoreLogger {
  /**
   * @param uri - `azure://container/prefix`, or the URL of a container with an optional prefix.
   * @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, `INVALID_NAME`
   */
  constructor(uri: string, { name = "azure", ...options }: AzureBlobLoggerOptions = {}) {
    const isOfAzure = (option: string): boolean => AZURE_OPTION_NAMES.includes(option);
    const entries = Object.entries(options);
    const azureOptions: AzureBlobOptions = Object.fromEntries(
      entries.filter(([option]) => isOfAzure(option)),
    );
    const uploadOptions: UploadOptions = Object.fromEntries(entries.filter(([option]) => !isOfAzure(option)));
    super({ ...uploadOptions, name, store: azureStore(uri, azureOptions) });
  }
}
