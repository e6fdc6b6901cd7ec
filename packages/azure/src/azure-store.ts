import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { StoreModule } from "@mlog/object-store";
import { parseAzureUri } from "./location.ts";
import { type AzureBlobOptions, checkAzureOptions } from "./options.ts";

/**
 * A container that the uploading thread opens by itself; the SDK is loaded there, and nowhere else.
 *
 * @param uri - `azure://container/prefix`, or the URL of a container with an optional prefix.
 * @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, `INVALID_NAME`
 */
export function azureStore(uri: string, options: AzureBlobOptions = {}): StoreModule {
  checkAzureOptions(options);
  parseAzureUri(uri);
  const path = createRequire(import.meta.url).resolve("#store");
  return { module: pathToFileURL(path).href, options: { uri, options } };
}
