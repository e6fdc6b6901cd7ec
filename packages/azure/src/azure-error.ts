import { isMlogError } from "@mlog/core";
import { ObjectStoreError, type ObjectStoreErrorCode } from "@mlog/object-store";

/** What an error of the SDK may carry. */
interface SdkError extends Error {
  /** Of the service, such as `BlobNotFound`, or of the operating system, such as `ECONNREFUSED`. */
  readonly code?: string;
  readonly statusCode?: number;
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
}

/** https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const CODES: Readonly<Record<string, ObjectStoreErrorCode>> = {
  BlobAlreadyExists: "OBJECT_EXISTS",
  BlobNotFound: "OBJECT_NOT_FOUND",
  ResourceNotFound: "OBJECT_NOT_FOUND",
  ContainerNotFound: "BUCKET_NOT_FOUND",
  ContainerBeingDeleted: "BUCKET_NOT_FOUND",
  InvalidBlockList: "UPLOAD_GONE",
  InvalidRange: "INVALID_RANGE",
  Md5Mismatch: "CHECKSUM_MISMATCH",
  Crc64Mismatch: "CHECKSUM_MISMATCH",
  ServerBusy: "STORE_THROTTLED",
  OperationTimedOut: "STORE_UNAVAILABLE",
  RequestBodyTooLarge: "OBJECT_TOO_LARGE",
  BlockListTooLong: "OBJECT_TOO_LARGE",
  InvalidResourceName: "INVALID_OBJECT_NAME",
  AccountIsDisabled: "ACCESS_DENIED",
  // Of @azure/identity, and of the lack of it.
  IDENTITY_MISSING: "ACCESS_DENIED",
  CredentialUnavailableError: "ACCESS_DENIED",
  AuthenticationRequiredError: "ACCESS_DENIED",
  AggregateAuthenticationError: "ACCESS_DENIED",
  AuthenticationError: "ACCESS_DENIED",
};

const ADVICE: Readonly<Partial<Record<ObjectStoreErrorCode, string>>> = {
  ACCESS_DENIED:
    "check the credentials, their end and what they are allowed to do, and the clock of this machine",
  BUCKET_NOT_FOUND: "create the container, or check its name",
  CLOCK_SKEW: "set the clock of this machine",
  NOT_AN_OBJECT_STORE: "check the URL of the account",
};

/** How a connection fails if what answers speaks neither TLS nor HTTP as it should. */
const FOREIGN =
  /^(HPE_|ERR_SSL_|ERR_TLS_|EPROTO|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_|CERT_|PARSE_ERROR)/;

/**
 * An error of the SDK in the words of object stores.
 *
 * @param what - What was tried, such as `"PUT https://account.blob.core.windows.net/container/name"`.
 * @param secrets - What must never be shown.
 */
export function toObjectStoreError(
  thrown: unknown,
  what: string,
  secrets: readonly string[],
): ObjectStoreError {
  if (isMlogError(thrown)) return thrown as ObjectStoreError;
  const error = thrown as SdkError;
  const serviceCode = error.code ?? error.response?.headers?.get("x-ms-error-code") ?? "";
  const code = codeOf(error, serviceCode);
  // Behind the first line are the id of the request and the time.
  const said = redact(error.message.split("\n", 1)[0]!, secrets).slice(0, 300);
  const shownCode = /^\w{1,64}$/.test(serviceCode) ? serviceCode : "";
  const reason = [error.statusCode, shownCode, said]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
  const advice = ADVICE[code];
  return new ObjectStoreError(code, `${what} failed: ${reason}${advice === undefined ? "" : `; ${advice}`}`, {
    retryAfter: retryAfterOf(error.response?.headers?.get("retry-after")),
  });
}

function codeOf({ name, message, statusCode: status }: SdkError, code: string): ObjectStoreErrorCode {
  const known = CODES[code] ?? CODES[name];
  if (known !== undefined) return known;
  if (status === undefined) return FOREIGN.test(code) ? "NOT_AN_OBJECT_STORE" : "STORE_UNAVAILABLE";
  // The service has no code of its own for this.
  if (status === 403 && /date header|clock|Request date/i.test(message)) return "CLOCK_SKEW";
  if (status === 401 || status === 403) return "ACCESS_DENIED";
  if (status === 412) return "OBJECT_EXISTS";
  if (status === 429 || status === 503) return "STORE_THROTTLED";
  if (status === 408 || (status >= 500 && status !== 501)) return "STORE_UNAVAILABLE";
  // Every error of the service has a code. What has none is a page that some other server made.
  if (code === "" || status < 300 || FOREIGN.test(code)) return "NOT_AN_OBJECT_STORE";
  if (status === 409) return "STORE_UNAVAILABLE";
  return "REQUEST_REJECTED";
}

/** `Retry-After` in ms: seconds, or a date. */
function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}
