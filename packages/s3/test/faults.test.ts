import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bodyOf } from "@mlog/object-store";
import { type HttpFault, startHttpFaultProxy } from "@mlog/test-servers/fault-proxy";
import { type S3Server, startS3 } from "@mlog/test-servers/s3";
import { type StoreSubject, brokenNetwork, foreignServers } from "@mlog/test-servers/store-faults";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type S3Options, s3Store } from "../src/index.ts";
import { S3ObjectStore } from "../src/store.ts";

let server: S3Server;
beforeAll(async () => {
  server = await startS3();
});
afterAll(() => server.close());

const bytes = Buffer.from("some bytes");

function open(endpoint: string, options: S3Options = {}): S3ObjectStore {
  const { region, credentials } = server;
  const store = new S3ObjectStore("s3://mlog/faults", {
    endpoint,
    region,
    credentials,
    conditionalWrites: "always",
    ...options,
  });
  onTestFinished(() => store.close());
  return store;
}

/** A store behind a proxy that breaks the first request. */
async function behindHttp(fault: HttpFault): Promise<S3ObjectStore> {
  const proxy = await startHttpFaultProxy(server.endpoint, ({ index }) => (index === 0 ? fault : undefined));
  onTestFinished(() => proxy.close());
  return open(proxy.endpoint);
}

const subject = (): StoreSubject => ({
  endpoint: server.endpoint,
  storeAt(endpoint) {
    const { region, credentials } = server;
    return s3Store("s3://mlog/faults", { endpoint, region, credentials, conditionalWrites: "always" });
  },
});
brokenNetwork(subject);
foreignServers(subject);

describe("what a store answers has a code", () => {
  const error = (code: string): string => `<Error><Code>${code}</Code><Message>No.</Message></Error>`;
  test.each([
    [503, "SlowDown", "STORE_THROTTLED"],
    [429, "TooManyRequests", "STORE_THROTTLED"],
    [500, "InternalError", "STORE_UNAVAILABLE"],
    [502, "BadGateway", "STORE_UNAVAILABLE"],
    [409, "ConditionalRequestConflict", "STORE_UNAVAILABLE"],
    [400, "RequestTimeout", "STORE_UNAVAILABLE"],
    [400, "ExpiredToken", "ACCESS_DENIED"],
    [400, "InvalidStorageClass", "REQUEST_REJECTED"],
    [400, "EntityTooLarge", "OBJECT_TOO_LARGE"],
    [403, "QuotaExceeded", "STORE_FULL"],
    [301, "PermanentRedirect", "REQUEST_REJECTED"],
  ])("%i %s is %s", async (status, s3Code, code) => {
    const headers = { "retry-after": "7", "content-type": "application/xml" };
    const store = await behindHttp({ kind: "answer", status, headers, body: error(s3Code) });
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code, retryAfter: 7000 });
  });
});

describe("what somebody must mend says so", () => {
  test.each<[string, S3Options]>([
    ["another secret", { credentials: { accessKeyId: "mlogaccess", secretAccessKey: "wrong" } }],
    ["another key", { credentials: { accessKeyId: "nobody", secretAccessKey: "mlogsecret" } }],
    ["no credentials", { profile: "there-is-no-such-profile" }],
  ])("%s", async (_, options) => {
    const { endpoint, region } = server;
    const store = new S3ObjectStore("s3://mlog", { endpoint, region, ...options });
    onTestFinished(() => store.close());
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({
      code: "ACCESS_DENIED",
      message: expect.stringContaining("check the credentials") as string,
    });
  });

  test("a region that is not the bucket's", async () => {
    const store = open(server.endpoint, { region: "eu-central-1" });
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code: "REQUEST_REJECTED" });
  });

  test("a bucket that is not there", async () => {
    const { endpoint, region, credentials } = server;
    const store = new S3ObjectStore("s3://no-such-bucket/a", { endpoint, region, credentials });
    onTestFinished(() => store.close());
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
    await expect(store.multipart.start("a")).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
  });

  test("a clock that is an hour slow; then the store's is gone by", async () => {
    const ahead = await startS3({ now: () => Date.now() + 3_600_000 });
    onTestFinished(() => ahead.close());
    const store = open(ahead.endpoint);
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({
      code: "CLOCK_SKEW",
      message: expect.stringContaining("clock") as string,
    });
    await store.put("a", bodyOf(bytes));
  });
});

test("a web server that answers with nothing is no S3", async () => {
  const web = createServer((request, response) => {
    request.resume();
    response.writeHead(200).end();
  });
  web.listen(0, "127.0.0.1");
  await once(web, "listening");
  onTestFinished(() => void web.close());
  const store = open(`http://127.0.0.1:${(web.address() as AddressInfo).port}`);
  await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code: "NOT_AN_OBJECT_STORE" });
  await expect(store.multipart.start("a")).rejects.toMatchObject({ code: "NOT_AN_OBJECT_STORE" });
});
