import { isMlogError } from "@mlog/core";
import { ObjectStoreError, type ObjectStoreErrorCode } from "@mlog/object-store";

/** What an error of the SDK may carry. */
interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

/** What stands for an S3 error code here: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const CODES: Readonly<Record<string, ObjectStoreErrorCode>> = {
  PreconditionFailed: "OBJECT_EXISTS",
  // Another writer was busy with the same name: who won is known only later.
  ConditionalRequestConflict: "STORE_UNAVAILABLE",
  OperationAborted: "STORE_UNAVAILABLE",
  NoSuchKey: "OBJECT_NOT_FOUND",
  NoSuchBucket: "BUCKET_NOT_FOUND",
  NoSuchUpload: "UPLOAD_GONE",
  InvalidPart: "UPLOAD_GONE",
  InvalidRange: "INVALID_RANGE",
  KeyTooLongError: "INVALID_OBJECT_NAME",
  EntityTooLarge: "OBJECT_TOO_LARGE",
  RequestTimeTooSkewed: "CLOCK_SKEW",
  RequestExpired: "CLOCK_SKEW",
  AccessDenied: "ACCESS_DENIED",
  InvalidAccessKeyId: "ACCESS_DENIED",
  SignatureDoesNotMatch: "ACCESS_DENIED",
  ExpiredToken: "ACCESS_DENIED",
  ExpiredTokenException: "ACCESS_DENIED",
  InvalidToken: "ACCESS_DENIED",
  TokenRefreshRequired: "ACCESS_DENIED",
  CredentialsProviderError: "ACCESS_DENIED",
  TokenProviderError: "ACCESS_DENIED",
  BadDigest: "CHECKSUM_MISMATCH",
  InvalidDigest: "CHECKSUM_MISMATCH",
  XAmzContentSHA256Mismatch: "CHECKSUM_MISMATCH",
  XAmzContentChecksumMismatch: "CHECKSUM_MISMATCH",
  IncompleteBody: "STORE_UNAVAILABLE",
  RequestTimeout: "STORE_UNAVAILABLE",
  SlowDown: "STORE_THROTTLED",
  Throttling: "STORE_THROTTLED",
  ThrottlingException: "STORE_THROTTLED",
  RequestLimitExceeded: "STORE_THROTTLED",
  TooManyRequests: "STORE_THROTTLED",
  QuotaExceeded: "STORE_FULL",
  XMinioStorageFull: "STORE_FULL",
};

/** What to do about it, where that is known. */
const ADVICE: Readonly<Partial<Record<ObjectStoreErrorCode, string>>> = {
  ACCESS_DENIED: "check the credentials and what they are allowed to do",
  BUCKET_NOT_FOUND: "create the bucket, or check its name, the region and the endpoint",
  CLOCK_SKEW: "set the clock of this machine",
  NOT_AN_OBJECT_STORE: "check the endpoint",
};

/** How a connection fails if what answers speaks neither TLS nor HTTP as it should. */
const FOREIGN = /^(HPE_|ERR_SSL_|ERR_TLS_|EPROTO|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_|CERT_)/;

/**
 * An error of the SDK in the words of object stores.
 *
 * @param what - What was tried, such as `"PUT s3://bucket/name"`.
 * @param secrets - What must never be shown, even if the server sends it back.
 */
export function toObjectStoreError(
  thrown: unknown,
  what: string,
  secrets: readonly string[],
): ObjectStoreError {
  if (isMlogError(thrown)) return thrown as ObjectStoreError;
  const error = thrown as SdkError;
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode;
  const code = codeOf(error, status);
  const name = /^[\w.]{1,64}$/.test(error.name) ? error.name : "an unreadable answer";
  const said = redact(error.message, secrets).slice(0, 300);
  const reason = [status === undefined ? error.code : `${status} ${name}`, said].filter(Boolean).join(": ");
  const advice = ADVICE[code];
  return new ObjectStoreError(code, `${what} failed: ${reason}${advice === undefined ? "" : `; ${advice}`}`, {
    retryAfter: retryAfterOf(error.$response?.headers?.["retry-after"]),
  });
}

function codeOf(error: SdkError, status: number | undefined): ObjectStoreErrorCode {
  const known = CODES[error.name];
  if (known !== undefined) return known;
  if (status === undefined)
    return FOREIGN.test(error.code ?? "") ? "NOT_AN_OBJECT_STORE" : "STORE_UNAVAILABLE";
  if (status === 429) return "STORE_THROTTLED";
  if (status === 507) return "STORE_FULL";
  if (status === 503) return "STORE_THROTTLED";
  if (status >= 500 && status !== 501 && status !== 505) return "STORE_UNAVAILABLE";
  if (status === 408) return "STORE_UNAVAILABLE";
  if (status === 401 || status === 403) return "ACCESS_DENIED";
  if (status === 409) return "STORE_UNAVAILABLE";
  if (status === 412) return "OBJECT_EXISTS";
  // Errors of S3 have names. What has none is a page that some other server made.
  const isForeign =
    status < 300 || /^(Unknown|UnknownError|NotFound|Error|SyntaxError|TypeError|\d+)$/.test(error.name);
  return isForeign ? "NOT_AN_OBJECT_STORE" : "REQUEST_REJECTED";
}

/** `Retry-After` in ms: seconds, or a date. */
function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => (secret === "" ? rest : rest.replaceAll(secret, "***")), text);
}
