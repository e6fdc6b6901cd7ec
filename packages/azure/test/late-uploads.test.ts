import { BlobServiceClient } from "@azure/storage-blob";
import { type AzureServer, startAzure } from "@mlog/test-servers/azure";
import { lateUploads } from "@mlog/test-servers/store-faults";
import { afterAll, beforeAll } from "vitest";
import { azureStore } from "../src/index.ts";

let server: AzureServer;
beforeAll(async () => {
  server = await startAzure();
  await BlobServiceClient.fromConnectionString(server.connectionString).createContainer("mlog");
});
afterAll(() => server.close());

lateUploads(() => {
  const { accountName, accountKey, endpoint } = server;
  return {
    endpoint: new URL(endpoint).origin,
    storeAt: (origin) => azureStore(`${origin}/${accountName}/mlog/late`, { accountKey }),
  };
});
