import { BlobServiceClient } from "@azure/storage-blob";
import { objectStoreContract } from "@mlog/object-store/testing";
import { type AzureServer, startAzure } from "@mlog/test-servers/azure";
import { afterAll, beforeAll, describe, test } from "vitest";
import { AzureBlobStore } from "../src/store.ts";

describe("Azurite", () => {
  let server: AzureServer;
  beforeAll(async () => {
    server = await startAzure();
    const service = BlobServiceClient.fromConnectionString(server.connectionString);
    await service.createContainer("mlog");
  });
  afterAll(() => server.close());
  const makeStore = (): AzureBlobStore =>
    new AzureBlobStore("azure://mlog/contract", { connectionString: server.connectionString });
  objectStoreContract(test, makeStore, { openUploads: false, longestName: 1015 });
});
