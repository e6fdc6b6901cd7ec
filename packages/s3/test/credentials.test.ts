import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { ObjectStoreLogger } from "@mlog/object-store";
import { type S3Server, startS3 } from "@mlog/test-servers/s3";
import { type Denied, uploadOnceMended } from "@mlog/test-servers/store-faults";
import { expect, onTestFinished, test, vi } from "vitest";
import { S3Logger } from "../src/index.ts";
import { S3ObjectStore } from "../src/store.ts";

const accessKeyId = "mlogaccess";
const OLD = { accessKeyId, secretAccessKey: "old" };

/** Who knows only the old secret, of which the server hears later. */
async function acceptedLater(server: S3Server, folder: string): Promise<Denied> {
  const { endpoint, region } = server;
  const destination = new S3Logger("s3://mlog", {
    endpoint,
    region,
    credentials: OLD,
    stagingFolder: join(folder, "staging"),
  });
  return { destination, mend: () => Object.assign(server.credentials, OLD) };
}

async function rotatedProfile(server: S3Server, folder: string): Promise<Denied> {
  const { endpoint, region } = server;
  const path = join(folder, "credentials");
  const write = (secret: string): Promise<void> =>
    writeFile(path, `[mlog]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secret}\n`);
  await write("old");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", path);
  onTestFinished(() => void vi.unstubAllEnvs());
  const destination = new S3Logger("s3://mlog", {
    endpoint,
    region,
    profile: "mlog",
    stagingFolder: join(folder, "staging"),
  });
  return { destination, mend: () => write("new") };
}

async function newProviderResult(server: S3Server, folder: string): Promise<Denied> {
  const { endpoint, region } = server;
  let secretAccessKey = "old";
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    credentials: async () => ({ accessKeyId, secretAccessKey }),
  });
  const store = new S3ObjectStore("s3://mlog", {}, client);
  return {
    destination: new ObjectStoreLogger({ store, stagingFolder: join(folder, "staging") }),
    mend: () => (secretAccessKey = "new"),
  };
}

test.for([
  ["accepted later", acceptedLater],
  ["of a profile whose file is written anew", rotatedProfile],
  ["that a function gives anew", newProviderResult],
] as const)("parked files arrive by themselves, once, with credentials %s", async ([, deny]) => {
  const server = await startS3({ credentials: { accessKeyId, secretAccessKey: "new" } });
  onTestFinished(() => server.close());
  await uploadOnceMended((folder) => deny(server, folder));
  expect([...server.buckets.get("mlog")!.objects.keys()]).toEqual(["a.txt"]);
});
