import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { destinationConformance, type Subject } from "@mlog/conformance";
import { heldFiles } from "@mlog/object-store/testing";
import { type AzureServer, startAzure } from "@mlog/test-servers/azure";
import { afterAll, beforeAll, describe, test } from "vitest";
import { AzureBlobLogger } from "../src/index.ts";
import { AzureBlobStore } from "../src/store.ts";

// What it does when the store fails or hangs is the engine's: @mlog/object-store has those tests, and faults.test.ts.
describe("conforms", () => {
  let server: AzureServer;
  beforeAll(async () => {
    server = await startAzure();
    await BlobServiceClient.fromConnectionString(server.connectionString).createContainer("mlog");
  });
  afterAll(() => server.close());

  const createSubject = async (): Promise<Subject> => {
    const folder = await mkdtemp(join(tmpdir(), "mlog-azure-subject-"));
    const uri = `azure://mlog/${randomUUID()}`;
    const { connectionString } = server;
    return {
      destination: new AzureBlobLogger(uri, {
        connectionString,
        stagingFolder: join(folder, "staging"),
        showProgress: false,
      }),
      read: () => heldFiles(new AzureBlobStore(uri, { connectionString })),
      dispose: () => rm(folder, { recursive: true, force: true }),
    };
  };
  destinationConformance(test, createSubject, { capabilities: { keeps: ["file"] }, deadline: 60_000 });
});
