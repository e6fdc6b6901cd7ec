import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { StoreModule } from "@mlog/object-store";
import { parseS3Uri } from "./location.ts";
import { type S3Options, checkS3Options } from "./options.ts";

/**
 * A bucket that the uploading thread opens by itself; the SDK is loaded there, and nowhere else.
 *
 * @param uri - `s3://bucket` or `s3://bucket/prefix`.
 * @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, `INVALID_NAME`
 */
export function s3Store(uri: string, options: S3Options = {}): StoreModule {
  checkS3Options(options);
  parseS3Uri(uri);
  const path = createRequire(import.meta.url).resolve("#store");
  return { module: pathToFileURL(path).href, options: { uri, options } };
}
