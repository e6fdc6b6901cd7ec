import { join } from "node:path";
import tls from "node:tls";
import { inspect } from "node:util";
import {
  BlobServiceClient,
  ContainerClient,
  StorageSharedKeyCredential,
  generateBlobSASQueryParameters,
  type newPipeline,
} from "@azure/storage-blob";
import { ObjectStoreLogger } from "@mlog/object-store";
import { type AzureServer, startAzure } from "@mlog/test-servers/azure";
import { uploadOnceMended } from "@mlog/test-servers/store-faults";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { AzureBlobLogger } from "../src/index.ts";
import { AzureBlobStore } from "../src/store.ts";

type TokenCredential = Extract<Parameters<typeof newPipeline>[0], { getToken: unknown }>;

let server: AzureServer;
let container: ContainerClient;
beforeAll(async () => {
  server = await startAzure();
  container = BlobServiceClient.fromConnectionString(server.connectionString).getContainerClient("mlog");
  await container.create();
});
afterAll(() => server.close());

/** A shared access signature that allows what the policy `uploads` of the container does. */
function signatureByPolicy(): string {
  const { accountName, accountKey } = server;
  const key = new StorageSharedKeyCredential(accountName, accountKey);
  return generateBlobSASQueryParameters({ containerName: "mlog", identifier: "uploads" }, key).toString();
}

/** As Microsoft Entra ID writes it, but unsigned. */
function tokenFor(audience: string): string {
  const now = Math.trunc(Date.now() / 1000);
  const claims = {
    aud: audience,
    iss: "https://sts.windows.net/mlog/",
    iat: now,
    nbf: now - 60,
    exp: now + 3600,
  };
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  return `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}.${Buffer.from("none").toString("base64url")}`;
}

test("a token credential of one's own is asked again once its token was refused", async ({ skip }) => {
  if (!("setDefaultCACertificates" in tls)) return skip("this Node cannot be told whom to trust");
  const secure = await startAzure({ tokens: true });
  onTestFinished(() => secure.close());
  tls.setDefaultCACertificates([secure.certificate!]);
  await BlobServiceClient.fromConnectionString(secure.connectionString).createContainer("mlog");
  let audience = "https://example.com";
  const asked: (string | string[])[] = [];
  const credential: TokenCredential = {
    async getToken(scopes) {
      asked.push(scopes);
      return { token: tokenFor(audience), expiresOnTimestamp: Date.now() + 1000 };
    },
  };
  const uri = `${secure.endpoint}/mlog`;
  const client = new ContainerClient(uri, credential, { retryOptions: { maxTries: 1 } });
  const error = await uploadOnceMended((folder) => ({
    destination: new ObjectStoreLogger({
      store: new AzureBlobStore(uri, {}, client),
      stagingFolder: join(folder, "staging"),
    }),
    mend: () => (audience = "https://storage.azure.com"),
  }));
  expect(asked[0]).toEqual(["https://storage.azure.com/.default"]);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(tokenFor(audience).slice(0, 30));
});

test("parked files arrive by themselves, once, with a signature that is allowed it later", async () => {
  const accessPolicy = {
    permissions: "racwdl",
    startsOn: new Date(Date.now() - 60_000),
    expiresOn: new Date(Date.now() + 3_600_000),
  };
  await uploadOnceMended((folder) => ({
    destination: new AzureBlobLogger(`${server.endpoint}/mlog/parked`, {
      sasToken: signatureByPolicy(),
      stagingFolder: join(folder, "staging"),
    }),
    mend: () => container.setAccessPolicy(undefined, [{ id: "uploads", accessPolicy }]),
  }));
  const { connectionString } = server;
  const store = new AzureBlobStore("azure://mlog/parked", { connectionString });
  expect((await Array.fromAsync(store.list(""))).map(({ name }) => name)).toEqual(["a.txt"]);
});
