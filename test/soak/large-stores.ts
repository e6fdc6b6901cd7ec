import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { BlobServiceClient } from "@azure/storage-blob";
import { AzureBlobStore } from "@mlog/azure/store";
import type { ObjectStore } from "@mlog/object-store";
import { S3ObjectStore } from "@mlog/s3/store";
import { startAzure } from "@mlog/test-servers/azure";
import { isCephInstalled, startCeph } from "@mlog/test-servers/ceph";
import { startS3 } from "@mlog/test-servers/s3";

/** A store on a server of its own. */
export interface StoreOnServer {
  readonly store: ObjectStore;
  /** Of the server. */
  close(): Promise<void>;
}

export async function inProcess(): Promise<StoreOnServer> {
  const { endpoint, region, credentials, close } = await startS3();
  return { store: new S3ObjectStore("s3://mlog", { endpoint, region, credentials }), close };
}

/** Undefined where Ceph is not installed. */
export async function ceph(): Promise<StoreOnServer | undefined> {
  if (!(await isCephInstalled())) return undefined;
  const { endpoint, region, credentials, close } = await startCeph();
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: "mlog" }));
  client.destroy();
  return { store: new S3ObjectStore("s3://mlog", { endpoint, region, credentials, checksum: "md5" }), close };
}

export async function azurite(): Promise<StoreOnServer> {
  const { connectionString, close } = await startAzure();
  await BlobServiceClient.fromConnectionString(connectionString).createContainer("mlog");
  return { store: new AzureBlobStore("azure://mlog", { connectionString }), close };
}
