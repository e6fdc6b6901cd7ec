import {
  AnonymousCredential,
  BlobServiceClient,
  type ContainerClient,
  StorageSharedKeyCredential,
  type newPipeline,
} from "@azure/storage-blob";
import { MlogError } from "@mlog/core";
import type { AzureLocation } from "./location.ts";
import { type AzureBlobOptions, invalid } from "./options.ts";

type TokenCredential = Extract<Parameters<typeof newPipeline>[0], { getToken: unknown }>;

/** Requests are tried again by the engine, which knows when to stop. */
const PIPELINE = { retryOptions: { maxTries: 1 } };

/** A client that makes each request once. */
export function createContainerClient(location: AzureLocation, options: AzureBlobOptions): ContainerClient {
  const { serviceUrl, account, container } = location;
  const { accountKey, sasToken, credential } = options;
  const isAnyGiven = [accountKey, sasToken, credential].some((value) => value !== undefined);
  const {
    connectionString = isAnyGiven ? undefined : process.env["AZURE_STORAGE_CONNECTION_STRING"] || undefined,
  } = options;
  if (connectionString !== undefined) {
    return fromConnectionString(connectionString).getContainerClient(container);
  }
  if (serviceUrl === undefined) {
    throw invalid("uri must be the URL of a container, or a connection string must be given");
  }
  const service = ((): BlobServiceClient => {
    if (sasToken !== undefined) {
      const url = `${serviceUrl}?${sasToken.replace(/^\?/, "")}`;
      return new BlobServiceClient(url, new AnonymousCredential(), PIPELINE);
    }
    if (accountKey === undefined) return new BlobServiceClient(serviceUrl, defaultCredential(), PIPELINE);
    return new BlobServiceClient(serviceUrl, new StorageSharedKeyCredential(account!, accountKey), PIPELINE);
  })();
  return service.getContainerClient(container);
}

/** What must never be shown. */
export function secretsOf({ connectionString = "", accountKey, sasToken = "" }: AzureBlobOptions): string[] {
  const given =
    connectionString === "" ? (process.env["AZURE_STORAGE_CONNECTION_STRING"] ?? "") : connectionString;
  const parts = [given.match(/AccountKey=([^;]+)/i)?.[1], given.match(/SharedAccessSignature=([^;]+)/i)?.[1]];
  const tokens = [sasToken.replace(/^\?/, ""), parts[1] ?? ""];
  const signatures = tokens.map((token) => new URLSearchParams(token).get("sig") ?? "");
  const texts = [given, accountKey ?? "", ...tokens, ...signatures, parts[0] ?? ""];
  return [...texts, ...texts.map(encodeURIComponent)].filter((text) => text !== "");
}

function fromConnectionString(connectionString: string): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(connectionString, PIPELINE);
  } catch {
    // Not even the reason: it may quote what it could not read.
    throw invalid("connectionString cannot be read; copy it from the access keys of the storage account");
  }
}

/** Loads `@azure/identity` when the first token is needed: who has a key need not install it. */
function defaultCredential(): TokenCredential {
  let loaded: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      loaded ??= import("@azure/identity").then(
        ({ DefaultAzureCredential }) => new DefaultAzureCredential(),
        () => {
          const message =
            "no credentials were given, and @azure/identity, which would look for some, is not installed";
          throw new MlogError("IDENTITY_MISSING", message);
        },
      );
      return (await loaded).getToken(scopes, options);
    },
  };
}
