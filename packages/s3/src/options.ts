import { MlogRangeError, MlogTypeError, describe } from "@mlog/core";

/** Keys of an account, as the structured clone algorithm can copy them. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

/** How a bucket is reached, and how objects are kept in it. */
export interface S3Options {
  /** Such as `"eu-central-1"`. Default: the SDK's (`AWS_REGION`, the profile), else `us-east-1` if there is an endpoint. */
  readonly region?: string;
  /**
   * The URL of a store that is not AWS. Default: `S3_ENDPOINT_URL`, else `AWS_ENDPOINT_URL_S3`, else `AWS_ENDPOINT_URL`; read
   * when the store is made.
   */
  readonly endpoint?: string;
  /** Buckets are named in the path instead of the host. Default: true if there is an endpoint. */
  readonly pathStyle?: boolean;
  /**
   * Default: the chain of the SDK, asked when the first request is made: environment, profile,
   * SSO, web identity, container, instance.
   */
  readonly credentials?: S3Credentials;
  /** The profile of the AWS configuration files to use. Default: `AWS_PROFILE`, else `default`. */
  readonly profile?: string;
  /** Such as `"bucket-owner-full-control"`. Default: `S3_CANNED_ACL`, read when the store is made, else the bucket's. */
  readonly acl?: string;
  /** Such as `"STANDARD_IA"`. Default: the bucket's. */
  readonly storageClass?: string;
  /** `"AES256"`, `"aws:kms"` or `"aws:kms:dsse"`. Default: the bucket's. */
  readonly encryption?: string;
  /** The KMS key that encrypts: its ARN or id. Goes with `encryption: "aws:kms"`, which it implies. */
  readonly kmsKeyId?: string;
  /** Tags of every object. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Metadata of every object. Keys are lower-case letters, digits and `-`; values are printable ASCII. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * By what the store checks the bytes that arrive: `"crc32"` (S3, R2, MinIO) or `"md5"`, for stores that take no
   * notice of newer checksums (Ceph 16). Default: `"crc32"`.
   */
  readonly checksum?: "crc32" | "md5";
  /**
   * Which requests the store honours `If-None-Match` on. Where it does not, the store is asked right before
   * whether the object is there, and of two writers at the same moment both may win. Default: `"always"` (AWS), and
   * `"put"`, all but the end of uploads in parts, if there is an endpoint.
   */
  readonly conditionalWrites?: "always" | "put" | "never";
}

const STRINGS = ["region", "endpoint", "profile", "acl", "storageClass", "encryption", "kmsKeyId"] as const;
const OTHERS = ["pathStyle", "credentials", "tags", "metadata", "checksum", "conditionalWrites"] as const;

/** The names of {@link S3Options}: what is none of them is an option of somebody else, or a mistake. */
export const S3_OPTION_NAMES: readonly string[] = [...STRINGS, ...OTHERS];

/** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, naming the option */
export function checkS3Options(options: S3Options): void {
  for (const name of Object.keys(options)) {
    check(S3_OPTION_NAMES.includes(name), name, "not be there: there is no such option", name);
  }
  for (const name of STRINGS) {
    const value = options[name];
    check(value === undefined || (typeof value === "string" && value !== ""), name, "be a text", value);
  }
  const { endpoint, pathStyle, checksum = "crc32", conditionalWrites = "always", credentials } = options;
  const isUrl =
    endpoint === undefined || (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol));
  // What is wrong with it may be that it holds a password.
  check(isUrl, "endpoint", "be a URL that begins with http:// or https://", "another text", "");
  const hasSecret = endpoint !== undefined && new URL(endpoint).username !== "";
  check(!hasSecret, "endpoint", "hold no user name: give credentials", "a URL with one", "");
  check(pathStyle === undefined || typeof pathStyle === "boolean", "pathStyle", "be a boolean", pathStyle);
  check(/^(crc32|md5)$/.test(checksum), "checksum", 'be "crc32" or "md5"', checksum);
  const how = /^(always|put|never)$/.test(conditionalWrites);
  check(how, "conditionalWrites", 'be "always", "put" or "never"', conditionalWrites);
  checkCredentials(credentials);
  checkTexts("tags", options.tags, () => true);
  checkTexts("metadata", options.metadata, (text) => /^[ -~]*$/.test(text));
}

function checkCredentials(credentials: S3Credentials | undefined): void {
  if (credentials === undefined) return;
  const { accessKeyId, secretAccessKey } = credentials;
  const areTexts = [accessKeyId, secretAccessKey].every((text) => typeof text === "string" && text !== "");
  check(areTexts, "credentials", "have an accessKeyId and a secretAccessKey", "an object without", "");
}

function checkTexts(
  name: string,
  texts: Readonly<Record<string, string>> | undefined,
  isRight: (text: string) => boolean,
): void {
  for (const [key, text] of Object.entries(texts ?? {})) {
    check(
      typeof text === "string" && isRight(text),
      `${name}.${key}`,
      "be a text (of metadata: ASCII)",
      text,
    );
  }
}

function check(ok: boolean, name: string, rule: string, value: unknown, shown = describe(value)): void {
  if (ok) return;
  const Kind = typeof value === "string" ? MlogRangeError : MlogTypeError;
  throw new Kind("INVALID_ARGUMENT", `S3: ${name} must ${rule}${shown === "" ? "" : `, not ${shown}`}`);
}
