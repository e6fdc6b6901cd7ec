import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { Logger, type LoggerDestination, State } from "@mlog/core";
import { ObjectStoreLogger } from "@mlog/object-store";
import { type S3Server, startS3 } from "@mlog/test-servers/s3";
import { expect, onTestFinished, test, vi } from "vitest";
import { S3Logger } from "../src/index.ts";
import { S3ObjectStore } from "../src/store.ts";

interface Parked {
  readonly destination: LoggerDestination;
  /** Makes the credentials right. */
  mend(): unknown;
}

const accessKeyId = "mlogaccess";
const OLD = { accessKeyId, secretAccessKey: "old" };

/** Who knows only the old secret, of which the server hears later. */
async function acceptedLater(server: S3Server, stagingFolder: string): Promise<Parked> {
  const { endpoint, region } = server;
  const destination = new S3Logger("s3://mlog", { endpoint, region, credentials: OLD, stagingFolder });
  return { destination, mend: () => Object.assign(server.credentials, OLD) };
}

async function rotatedProfile(server: S3Server, stagingFolder: string): Promise<Parked> {
  const { endpoint, region } = server;
  const path = join(stagingFolder, "../credentials");
  const write = (secret: string): Promise<void> =>
    writeFile(path, `[mlog]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secret}\n`);
  await write("old");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", path);
  onTestFinished(() => void vi.unstubAllEnvs());
  const destination = new S3Logger("s3://mlog", { endpoint, region, profile: "mlog", stagingFolder });
  return { destination, mend: () => write("new") };
}

async function newProviderResult(server: S3Server, stagingFolder: string): Promise<Parked> {
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
    destination: new ObjectStoreLogger({ store, stagingFolder }),
    mend: () => (secretAccessKey = "new"),
  };
}

test.for([
  ["accepted later", acceptedLater],
  ["of a profile whose file is written anew", rotatedProfile],
  ["that a function gives anew", newProviderResult],
] as const)("parked files arrive by themselves, once, with credentials %s", async ([, park]) => {
  const folder = await mkdtemp(join(tmpdir(), "mlog-credentials-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const server = await startS3({ credentials: { accessKeyId, secretAccessKey: "new" } });
  onTestFinished(() => server.close());
  const { destination, mend } = await park(server, join(folder, "staging"));
  const told: Error[] = [];
  const heard = Promise.withResolvers<void>();
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
  expect(server.buckets.get("mlog")!.objects.size).toBe(0);
  await mend();
  expect(await uploaded).toMatchObject([{ name: "a.txt", size: 5 }]);
  expect(await logger.close()).toMatchObject([{ delivered: 1, pending: 0, dropped: 0 }]);
  expect(told).toMatchObject([{ code: "UPLOADS_PARKED" }]);
  expect([...server.buckets.get("mlog")!.objects.keys()]).toEqual(["a.txt"]);
});
