import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Agent, request } from "node:http";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";

/** One way to bring files to a store. */
export interface Uploader {
  /** @param staged - Called when the files may be changed again, if that is before all have arrived. */
  upload(paths: readonly string[], staged: () => void): Promise<void>;
  close(): Promise<void>;
}

/** @param folder - For what is staged. */
export type OpenUploader = (endpoint: string, folder: string, concurrency: number) => Promise<Uploader>;

const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
const region = "us-east-1";
/** The sink looks at no signature. */
const accountKey = Buffer.alloc(64, 7).toString("base64");
const MIB = 1024 * 1024;

/** A PUT without signature or checksum: what nobody can be much faster than. */
const bare: OpenUploader = async (endpoint) => ({
  async upload([path = ""]) {
    const { size } = await stat(path);
    // A connection that ends with its answer may seem to end before the request has.
    const agent = new Agent({ keepAlive: true });
    const outgoing = request(`${endpoint}/bucket/bare`, {
      agent,
      method: "PUT",
      headers: { "content-length": size },
    });
    const answered = once(outgoing, "response");
    await pipeline(createReadStream(path, { highWaterMark: MIB }), outgoing);
    const [response] = (await answered) as [NodeJS.ReadableStream];
    response.resume();
    agent.destroy();
  },
  close: async () => undefined,
});

const libStorage: OpenUploader = async (endpoint) => {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { Upload } = await import("@aws-sdk/lib-storage");
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  return {
    async upload([path = ""]) {
      const params = { Bucket: "bucket", Key: "lib-storage", Body: createReadStream(path) };
      await new Upload({ client, params }).done();
    },
    close: async () => client.destroy(),
  };
};

const s3Client: OpenUploader = async (endpoint, _, concurrency) => {
  const { PutObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  return {
    async upload(paths) {
      const queue = [...paths];
      const work = async (): Promise<void> => {
        for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
          const Body = await readFile(path);
          await client.send(new PutObjectCommand({ Bucket: "bucket", Key: path.slice(1), Body }));
        }
      };
      await Promise.all(Array.from({ length: concurrency }, work));
    },
    close: async () => client.destroy(),
  };
};

const azureUploadFile: OpenUploader = async (endpoint) => {
  const { BlobServiceClient, StorageSharedKeyCredential } = await import("@azure/storage-blob");
  const credential = new StorageSharedKeyCredential("account", accountKey);
  const service = new BlobServiceClient(`${endpoint}/account`, credential);
  return {
    async upload([path = ""]) {
      await service.getContainerClient("bucket").getBlockBlobClient("upload-file").uploadFile(path);
    },
    close: async () => undefined,
  };
};

const mlogS3: OpenUploader = async (endpoint, folder, concurrency) => {
  const { S3Logger } = await import("@mlog/s3");
  const stagingFolder = join(folder, "staging");
  return throughLogger(
    new S3Logger("s3://bucket", {
      endpoint,
      region,
      credentials,
      stagingFolder,
      concurrency,
      showProgress: false,
      // It would be counted among the bytes that arrive.
      checkAtStart: false,
    }),
  );
};

const mlogAzure: OpenUploader = async (endpoint, folder, concurrency) => {
  const { AzureBlobLogger } = await import("@mlog/azure");
  const stagingFolder = join(folder, "staging");
  return throughLogger(
    new AzureBlobLogger(`${endpoint}/account/bucket`, {
      accountKey,
      stagingFolder,
      concurrency,
      showProgress: false,
      // It would be counted among the bytes that arrive.
      checkAtStart: false,
    }),
  );
};

async function throughLogger(destination: ConstructorParameters<typeof Logger>[1]): Promise<Uploader> {
  const logger = new Logger(new State({ runName: "bench" }), destination);
  await logger.ready;
  return {
    async upload(paths, staged) {
      const uploads = paths.map((path) => logger.uploadFile(path.slice(1), path, { overwrite: true }));
      await Promise.all(uploads.map((upload) => upload.staged));
      staged();
      await Promise.all(uploads.map((upload) => upload.uploaded));
    },
    close: async () => void (await logger.close()),
  };
}

export type UploaderName = "http PUT" | "lib-storage" | "S3 client" | "mlog S3" | "uploadFile" | "mlog Azure";

export const UPLOADERS: Readonly<Record<UploaderName, OpenUploader>> = {
  "http PUT": bare,
  "lib-storage": libStorage,
  "S3 client": s3Client,
  "mlog S3": mlogS3,
  uploadFile: azureUploadFile,
  "mlog Azure": mlogAzure,
};
