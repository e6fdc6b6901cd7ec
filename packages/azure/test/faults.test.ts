import { inspect } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import { bodyOf } from "@mlog/object-store";
import { type AzureServer, startAzure } from "@mlog/test-servers/azure";
import { type HttpFault, startHttpFaultProxy } from "@mlog/test-servers/fault-proxy";
import { type StoreSubject, brokenNetwork, foreignServers } from "@mlog/test-servers/store-faults";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type AzureBlobOptions, azureStore } from "../src/index.ts";
import { AzureBlobStore } from "../src/store.ts";

let server: AzureServer;
beforeAll(async () => {
  server = await startAzure();
  await BlobServiceClient.fromConnectionString(server.connectionString).createContainer("mlog");
});
afterAll(() => server.close());

const bytes = Buffer.from("some bytes");

/** A store in the container, reached over `origin`. */
function open(origin: string, options?: AzureBlobOptions): AzureBlobStore {
  const { accountKey, accountName } = server;
  return new AzureBlobStore(`${origin}/${accountName}/mlog/faults`, options ?? { accountKey });
}

/** A store behind a proxy that breaks the first request. */
async function behindHttp(fault: HttpFault): Promise<AzureBlobStore> {
  const proxy = await startHttpFaultProxy(server.endpoint, ({ index }) => (index === 0 ? fault : undefined));
  onTestFinished(() => proxy.close());
  return open(proxy.endpoint);
}

const subject = (): StoreSubject => ({
  endpoint: new URL(server.endpoint).origin,
  storeAt(origin) {
    const { accountKey, accountName } = server;
    return azureStore(`${origin}/${accountName}/mlog/faults`, { accountKey });
  },
});
brokenNetwork(subject);
foreignServers(subject);

test.each([
  [503, "ServerBusy", "STORE_THROTTLED"],
  [429, "TooManyRequests", "STORE_THROTTLED"],
  [500, "InternalError", "STORE_UNAVAILABLE"],
  [500, "OperationTimedOut", "STORE_UNAVAILABLE"],
  [502, "BadGateway", "STORE_UNAVAILABLE"],
  [408, "RequestTimeout", "STORE_UNAVAILABLE"],
  [400, "Md5Mismatch", "CHECKSUM_MISMATCH"],
  [400, "Crc64Mismatch", "CHECKSUM_MISMATCH"],
  [403, "AuthenticationFailed", "ACCESS_DENIED"],
  [412, "ConditionNotMet", "OBJECT_EXISTS"],
  [413, "RequestBodyTooLarge", "OBJECT_TOO_LARGE"],
  [400, "InvalidHeaderValue", "REQUEST_REJECTED"],
])("%i %s is %s", async (status, azureCode, code) => {
  const headers = { "retry-after": "7", "content-type": "application/xml", "x-ms-error-code": azureCode };
  const body = `<?xml version="1.0"?><Error><Code>${azureCode}</Code><Message>No.</Message></Error>`;
  const store = await behindHttp({ kind: "answer", status, headers, body });
  await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code, retryAfter: 7000 });
});

describe("what somebody must mend says so", () => {
  test("another key", async () => {
    const accountKey = Buffer.alloc(64, 1).toString("base64");
    const store = open(new URL(server.endpoint).origin, { accountKey });
    const error = await store.put("a", bodyOf(bytes)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "ACCESS_DENIED" });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(accountKey);
  });

  test("a container that is not there", async () => {
    const store = new AzureBlobStore("azure://nowhere", { connectionString: server.connectionString });
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
  });
});
