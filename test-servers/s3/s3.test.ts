import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import {
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { type S3Options, type S3Server, startS3 } from "./index.ts";

async function start(options?: S3Options): Promise<S3Server> {
  const server = await startS3(options);
  onTestFinished(() => server.close().catch(() => undefined));
  return server;
}

function clientOf({ endpoint, region, credentials }: S3Server, config: S3ClientConfig = {}): S3Client {
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    ...config,
  });
  onTestFinished(() => client.destroy());
  return client;
}

const put = { Bucket: "mlog", Key: "a", Body: "some bytes" };

test("the SDK with its defaults, which stream a body in signed chunks, is understood", async () => {
  const server = await start();
  const { Readable } = await import("node:stream");
  const Body = Readable.from([Buffer.from("some "), Buffer.from("bytes")]);
  await clientOf(server).send(new PutObjectCommand({ ...put, Body, ContentLength: 10 }));
  expect(server.buckets.get("mlog")!.object("a").content.bytes().toString()).toBe("some bytes");
  await server.close();
});

test("a request without a signature, or with one for something else, is refused", async () => {
  const server = await start();
  const url = `${server.endpoint}/mlog/a`;
  expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(403);
  // As a proxy that changes what is asked for would.
  const client = clientOf(server);
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { path: string }).path = "/mlog/b";
      return next(args);
    },
    { step: "deserialize", priority: "low" },
  );
  await expect(client.send(new PutObjectCommand(put))).rejects.toMatchObject({
    name: "SignatureDoesNotMatch",
  });
  expect(server.buckets.get("mlog")!.objects.size).toBe(0);
});

test("bytes that are not those of the checksum are refused", async () => {
  const server = await start();
  const client = clientOf(server);
  const ContentMD5 = createHash("md5").update("other bytes").digest("base64");
  await expect(client.send(new PutObjectCommand({ ...put, ContentMD5 }))).rejects.toMatchObject({
    name: "BadDigest",
  });
  await expect(
    client.send(new PutObjectCommand({ ...put, ChecksumCRC32: "AAAAAA==" })),
  ).rejects.toMatchObject({ name: "BadDigest" });
});

test("closing fails a test whose client broke the protocol", async () => {
  const server = await start();
  const client = clientOf(server, { requestChecksumCalculation: "WHEN_REQUIRED" });
  await expect(client.send(new PutObjectCommand(put))).rejects.toThrow(/no checksum/);
  await expect(server.close()).rejects.toThrow(/a: the upload has no checksum/);
});

test("a store that takes no notice of a condition can be had", async () => {
  const server = await start({ ignores: ["put-if-none-match"] });
  const client = clientOf(server);
  await client.send(new PutObjectCommand({ ...put, IfNoneMatch: "*" }));
  await client.send(new PutObjectCommand({ ...put, IfNoneMatch: "*", Body: "others" }));
  expect(server.buckets.get("mlog")!.object("a").content.bytes().toString()).toBe("others");
  await server.close();
});

test("an upload in parts is none of the objects before it is complete", async () => {
  const server = await start();
  await clientOf(server).send(new CreateMultipartUploadCommand({ Bucket: "mlog", Key: "a" }));
  const { objects, uploads } = server.buckets.get("mlog")!;
  expect([objects.size, uploads.size]).toEqual([0, 1]);
  await server.close();
});
