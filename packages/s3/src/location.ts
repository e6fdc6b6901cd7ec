import { MlogRangeError, assertSafeName, describe } from "@mlog/core";

/** Where objects go. */
export interface S3Location {
  readonly bucket: string;
  /** Ends with `/`, or is empty. */
  readonly prefix: string;
}

/**
 * Reads `s3://bucket` or `s3://bucket/prefix`.
 *
 * @throws MlogRangeError `INVALID_ARGUMENT`; `INVALID_NAME` if the prefix is no safe name
 */
export function parseS3Uri(uri: string): S3Location {
  const match = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{1,62})(?:\/(.*?))?\/?$/s.exec(uri);
  if (match === null) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `S3: uri must be s3://bucket or s3://bucket/prefix, not ${describe(uri)}`,
    );
  }
  const [, bucket = "", prefix = ""] = match;
  if (prefix === "") return { bucket, prefix };
  assertSafeName(prefix, "the prefix of uri");
  return { bucket, prefix: `${prefix}/` };
}
