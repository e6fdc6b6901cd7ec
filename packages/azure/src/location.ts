import { assertSafeName, describe } from "@mlog/core";
import { invalid } from "./options.ts";

/** Where blobs go. */
export interface AzureLocation {
  /** Of the blob service, such as `https://account.blob.core.windows.net`; undefined: the connection string says. */
  readonly serviceUrl: string | undefined;
  /** Of the storage account, where the URL says it. */
  readonly account: string | undefined;
  readonly container: string;
  /** Ends with `/`, or is empty. */
  readonly prefix: string;
}

/**
 * Reads `azure://container/prefix`, or the URL of a container with an optional prefix,
 * `https://account.blob.core.windows.net/container/prefix`. Where the host is an address or `localhost`, the
 * account is the first segment of the path, as with Azurite.
 *
 * @throws MlogRangeError `INVALID_ARGUMENT`, `INVALID_NAME`; no message has a query in it
 */
export function parseAzureUri(uri: string): AzureLocation {
  const match = /^(azure|https?):\/\/([^?#]*)$/s.exec(uri);
  if (match === null) {
    const shown = typeof uri === "string" ? describe(uri.replace(/[?#].*$/s, "")) : describe(uri);
    const rule = "azure://container/prefix or the URL of a container, without a query";
    throw invalid(`uri must be ${rule} (a signature goes into sasToken), not ${shown}`);
  }
  const [, scheme = "", rest = ""] = match;
  const segments = rest.replace(/\/$/, "").split("/");
  if (scheme === "azure") return locate(undefined, undefined, segments, uri);
  const { protocol, host, hostname, username } = new URL(uri);
  if (username !== "") throw invalid("uri must hold no user name");
  const inPath = hostname === "localhost" || /^[\d.]+$|^\[/.test(hostname);
  const account = inPath ? segments[1] : hostname.split(".")[0];
  const serviceUrl = `${protocol}//${host}${inPath ? `/${account}` : ""}`;
  return locate(serviceUrl, account, segments.slice(inPath ? 2 : 1), uri);
}

function locate(
  serviceUrl: string | undefined,
  account: string | undefined,
  [container = "", ...segments]: readonly string[],
  uri: string,
): AzureLocation {
  // https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
  if (!/^(\$root|[a-z0-9](-?[a-z0-9]){2,62})$/.test(container)) {
    throw invalid(`uri must name a container of 3 to 63 lower-case letters, digits and hyphens: ${uri}`);
  }
  const prefix = segments.join("/");
  if (prefix !== "") assertSafeName(prefix, "the prefix of uri");
  return { serviceUrl, account, container, prefix: prefix === "" ? "" : `${prefix}/` };
}
