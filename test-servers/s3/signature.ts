import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { S3Error, violation } from "./s3-error.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const FIFTEEN_MINUTES = 15 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/**
 * Refuses a request that was not signed with these credentials for this region, as described for
 * Signature Version 4 in the API reference of S3.
 *
 * @param now - Unix milliseconds.
 */
export function checkSignature(
  request: IncomingMessage,
  { accessKeyId, secretAccessKey }: Credentials,
  region: string,
  now: number,
): void {
  const match = AUTHORIZATION.exec(header(request, "authorization"));
  if (match === null) throw new S3Error(403, "AccessDenied", "Access Denied");
  const [, keyId = "", day = "", signedRegion = "", names = "", signature = ""] = match;
  const signed = names.split(";");
  checkSignedHeaders(request, signed);
  const date = header(request, "x-amz-date");
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!date.startsWith(day) || Number.isNaN(time)) {
    throw violation("AuthorizationHeaderMalformed", `the date ${date} is not of ${day}`);
  }
  if (Math.abs(time - now) > FIFTEEN_MINUTES) {
    const message = "The difference between the request time and the current time is too large.";
    throw new S3Error(403, "RequestTimeTooSkewed", message);
  }
  if (keyId !== accessKeyId) {
    const message = "The AWS Access Key Id you provided does not exist in our records.";
    throw new S3Error(403, "InvalidAccessKeyId", message);
  }
  if (signedRegion !== region) {
    const message = `The authorization header is malformed; the region '${signedRegion}' is wrong; expecting '${region}'`;
    throw new S3Error(400, "AuthorizationHeaderMalformed", message);
  }
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical(request, signed))].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  if (!timingSafeEqual(hmac(key, text), Buffer.from(signature, "hex"))) {
    const message = "The request signature we calculated does not match the signature you provided.";
    throw new S3Error(403, "SignatureDoesNotMatch", message);
  }
}

function checkSignedHeaders(request: IncomingMessage, signed: readonly string[]): void {
  const must = Object.keys(request.headers).filter(
    (name) => name === "host" || name === "content-md5" || name.startsWith("x-amz-"),
  );
  const unsigned = must.filter((name) => !signed.includes(name));
  if (unsigned.length > 0) throw violation("AccessDenied", `not signed: ${unsigned.join(", ")}`, 403);
}

function canonical(request: IncomingMessage, signed: readonly string[]): string {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const parameters = query
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", value = ""] = part.split("=", 2);
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .sort(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)));
  return [
    request.method,
    path.split("/").map(decode).map(encode).join("/"),
    parameters.map((pair) => pair.join("=")).join("&"),
    ...signed.map((name) => `${name}:${header(request, name).trim().replace(/ +/g, " ")}`),
    "",
    signed.join(";"),
    header(request, "x-amz-content-sha256"),
  ].join("\n");
}

/** RFC 3986, and nothing more: what S3 encodes for its signature. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw violation("InvalidURI", `not a URI: ${text}`);
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : (value ?? "");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
