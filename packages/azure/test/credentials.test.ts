import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BlobServiceClient,
  ContainerSASPermissions,
  StorageSharedKeyCredential,
  generateBlobSASQueryParameters,
} from "@azure/storage-blob";
import { Logger, State } from "@mlog/core";
import { type AzureServer, startAzure } from "@mlog/test-servers/azure";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { AzureBlobLogger } from "../src/index.ts";
import { AzureBlobStore } from "../src/store.ts";

let server: AzureServer;
beforeAll(async () => {
  server = await startAzure();
  await BlobServiceClient.fromConnectionString(server.connectionString).createContainer("mlog");
});
afterAll(() => server.close());

/** A shared access signature that counts from `start` on, in Unix ms. */
function signatureFrom(start: number): string {
  const { accountName, accountKey } = server;
  return generateBlobSASQueryParameters(
    {
      containerName: "mlog",
      permissions: ContainerSASPermissions.parse("racwdl"),
      startsOn: new Date(start),
      expiresOn: new Date(start + 3_600_000),
    },
    new StorageSharedKeyCredential(accountName, accountKey),
  ).toString();
}

test("parked files arrive by themselves, once, with a signature that is accepted later", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mlog-credentials-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { endpoint, connectionString } = server;
  const told: Error[] = [];
  const heard = Promise.withResolvers<void>();
  const destination = new AzureBlobLogger(`${endpoint}/mlog/parked`, {
    sasToken: signatureFrom(Date.now() + 3000),
    stagingFolder: join(folder, "staging"),
  });
  const logger = new Logger(new State({ runName: "run" }), destination, {
    onError(error) {
      told.push(error);
      heard.resolve();
    },
  });
  const path = join(folder, "a.txt");
  await writeFile(path, "hello");
  const { staged, uploaded } = logger.uploadFile("a.txt", path);
  await staged;
  await heard.promise;
  expect(await uploaded).toMatchObject([{ name: "a.txt", size: 5 }]);
  expect(await logger.close()).toMatchObject([{ delivered: 1, pending: 0, dropped: 0 }]);
  expect(told).toMatchObject([
    { code: "UPLOADS_PARKED", message: expect.stringContaining("check the credentials") as string },
  ]);
  const store = new AzureBlobStore("azure://mlog/parked", { connectionString });
  expect((await Array.fromAsync(store.list(""))).map(({ name }) => name)).toEqual(["a.txt"]);
});
