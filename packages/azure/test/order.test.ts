import { BlobServiceClient } from "@azure/storage-blob";
import { type AzureServer, startAzure } from "@mlog/test-servers/azure";
import { type StoreSubject, lateUploads, races } from "@mlog/test-servers/store-faults";
import { afterAll, beforeAll } from "vitest";
import { azureStore } from "../src/index.ts";

let server: AzureServer;
beforeAll(async () => {
  server = await startAzure();
  await BlobServiceClient.fromConnectionString(server.connectionString).createContainer("mlog");
});
afterAll(() => server.close());

const subject = (): StoreSubject => {
  const { accountName, accountKey, endpoint } = server;
  return {
    endpoint: new URL(endpoint).origin,
    storeAt: (origin) => azureStore(`${origin}/${accountName}/mlog/order`, { accountKey }),
  };
};
lateUploads(subject);
races(subject);
