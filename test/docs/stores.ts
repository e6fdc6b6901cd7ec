import { BlobServiceClient } from "@azure/storage-blob";
import { startAzure } from "@mlog/test-servers/azure";
import { startS3 } from "@mlog/test-servers/s3";

/** An S3 with the bucket `my-bucket` and an Azurite with the container `container`. */
export interface Stores {
  /** What leads to them, as a reader would have it set. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startStores(): Promise<Stores> {
  const [s3, azure] = await Promise.all([startS3({ buckets: ["my-bucket"] }), startAzure()]);
  await BlobServiceClient.fromConnectionString(azure.connectionString).createContainer("container");
  return {
    env: {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_REGION: s3.region,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      AZURE_STORAGE_CONNECTION_STRING: azure.connectionString,
    },
    async close() {
      await Promise.all([s3.close(), azure.close()]);
    },
  };
}
