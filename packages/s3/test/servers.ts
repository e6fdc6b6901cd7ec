import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { isCephInstalled, startCeph } from "@mlog/test-servers/ceph";
import { startS3 } from "@mlog/test-servers/s3";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { S3Options } from "../src/index.ts";

/** A server with a bucket `mlog`, and the options that reach it. */
export interface Server {
  readonly options: S3Options;
  close(): Promise<void>;
}

export async function inProcess(): Promise<Server> {
  const server = await startS3();
  const { endpoint, region, credentials } = server;
  return {
    options: { endpoint, region, credentials, conditionalWrites: "always" },
    close: () => server.close(),
  };
}

/** Undefined where Ceph is not installed. */
export async function ceph(): Promise<Server | undefined> {
  if (!(await isCephInstalled())) return undefined;
  const { endpoint, region, credentials, close } = await startCeph();
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: "mlog" }));
  client.destroy();
  return { options: { endpoint, region, credentials, checksum: "md5" }, close };
}

/** Has a server for the tests of a group, which are skipped where there is none. @returns the options that reach it */
export function useServer(start: () => Promise<Server | undefined>): () => S3Options {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.close());
  beforeEach(({ skip }) => {
    if (server === undefined) skip("Ceph is not installed");
  });
  return () => server!.options;
}
