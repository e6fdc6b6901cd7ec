import { ObjectStoreLogger, type UploadOptions } from "@mlog/object-store";
import { S3_OPTION_NAMES, type S3Options } from "./options.ts";
import { s3Store } from "./s3-store.ts";

/** How a bucket is reached, how objects are kept in it, and how files get there. */
export interface S3LoggerOptions extends S3Options, UploadOptions {
  /** How the destination is called in errors and results. Default: `"s3"`. */
  readonly name?: string;
}

/**
 * Uploads files to a bucket of S3, or of a store that speaks its protocol, in a thread of its own: see
 * {@link ObjectStoreLogger}.
 */
export class S3Logger extends ObjectStoreLogger {
  /**
   * @param uri - `s3://bucket` or `s3://bucket/prefix`.
   * @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, `INVALID_NAME`
   */
  constructor(uri: string, { name = "s3", ...options }: S3LoggerOptions = {}) {
    const isOfS3 = (option: string): boolean => S3_OPTION_NAMES.includes(option);
    const entries = Object.entries(options);
    const s3Options: S3Options = Object.fromEntries(entries.filter(([option]) => isOfS3(option)));
    const uploadOptions: UploadOptions = Object.fromEntries(entries.filter(([option]) => !isOfS3(option)));
    super({ ...uploadOptions, name, store: s3Store(uri, s3Options) });
  }
}
