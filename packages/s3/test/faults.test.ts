import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, type Server as NetServer, createServer } from "node:net";
import { bodyOf } from "@mlog/object-store";
import {
  type HttpFault,
  type TcpFault,
  startHttpFaultProxy,
  startTcpFaultProxy,
} from "@mlog/test-servers/fault-proxy";
import { type S3Server, startS3 } from "@mlog/test-servers/s3";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { S3Options } from "../src/index.ts";
import { S3ObjectStore } from "../src/store.ts";

let server: S3Server;
beforeAll(async () => {
  server = await startS3();
});
afterAll(() => server.close());

const bytes = Buffer.from("some bytes");
const own = { metadata: { mlogupload: "7" }, ifNoneMatch: "*" } as const;

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

/** A store behind a proxy that breaks connections. */
async function behindTcp(faultOf: (connection: number) => TcpFault | undefined): Promise<S3ObjectStore> {
  const proxy = await startTcpFaultProxy(server.endpoint, faultOf);
  onTestFinished(() => proxy.close());
  return open(proxy.endpoint);
}

/** A store behind a proxy that breaks the first request. */
async function behindHttp(fault: HttpFault): Promise<S3ObjectStore> {
  const proxy = await startHttpFaultProxy(server.endpoint, ({ index }) => (index === 0 ? fault : undefined));
  onTestFinished(() => proxy.close());
  return open(proxy.endpoint);
}

async function listen(listener: NetServer): Promise<string> {
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  onTestFinished(() => void listener.close());
  return `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

describe("a connection that breaks is trouble that may pass", () => {
  test.each<TcpFault>([
    { kind: "reset before request" },
    { kind: "reset before response" },
    { kind: "truncation", bytes: 20 },
  ])("$kind", async (fault) => {
    const store = await behindTcp((connection) => (connection === 0 ? fault : undefined));
    const name = fault.kind.replaceAll(" ", "-");
    await expect(store.put(name, bodyOf(bytes))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await store.put(name, bodyOf(bytes));
    expect(await store.head(name)).toMatchObject({ size: bytes.length });
  });

  test("an answer that ends early does not pass for an object", async () => {
    await open(server.endpoint).put("long", bodyOf(Buffer.alloc(100_000, 1)));
    const store = await behindTcp(() => ({ kind: "truncation", bytes: 5000 }));
    const { body } = await store.get("long");
    await expect(Array.fromAsync(body)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  test("nobody listens", async () => {
    const closed = await startTcpFaultProxy(server.endpoint, () => undefined);
    await closed.close();
    await expect(open(closed.endpoint).head("a")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });
});

test("a server that falls silent in the middle of an object is left at the deadline", async () => {
  await open(server.endpoint).put("stalled", bodyOf(Buffer.alloc(1_000_000, 1)));
  const store = await behindTcp(() => ({ kind: "bandwidth", bytesPerSecond: 1_000_000 }));
  const signal = AbortSignal.timeout(400);
  const read = async (): Promise<unknown> => Array.fromAsync((await store.get("stalled", { signal })).body);
  await expect(read()).rejects.toSatisfy((error: unknown) => error === signal.reason);
});

describe("a connection that is slow brings the object all the same", () => {
  test.each<TcpFault>([
    { kind: "latency", ms: 30 },
    { kind: "bandwidth", bytesPerSecond: 100_000 },
    { kind: "slow drip", msPerByte: 1 },
    { kind: "reset after response" },
  ])("$kind", async (fault) => {
    const store = await behindTcp(() => fault);
    const name = fault.kind.replaceAll(" ", "-");
    await store.put(name, bodyOf(bytes));
    expect(await open(server.endpoint).head(name)).toMatchObject({ size: bytes.length });
  });
});

describe("a server that falls silent is left at the deadline", () => {
  test.each<TcpFault>([{ kind: "black hole" }, { kind: "half-close" }])("$kind", async (fault) => {
    const store = await behindTcp(() => fault);
    const signal = AbortSignal.timeout(200);
    await expect(store.put("silent", bodyOf(bytes), { signal })).rejects.toSatisfy(
      (error: Error & { code?: unknown }) =>
        error === signal.reason || (fault.kind === "half-close" && error.code === "STORE_UNAVAILABLE"),
    );
  });
});

describe("a store that acted and whose answer did not arrive", () => {
  test.each<HttpFault>([
    { kind: "lose response" },
    { kind: "duplicate" },
    { kind: "duplicate and lose response" },
  ])("$kind: the object is there once, and known as one's own", async (fault) => {
    const store = await behindHttp(fault);
    const name = fault.kind.replaceAll(" ", "-");
    const first = fault.kind === "duplicate" ? "OBJECT_EXISTS" : "STORE_UNAVAILABLE";
    await expect(store.put(name, bodyOf(bytes), own)).rejects.toMatchObject({ code: first });
    await expect(store.put(name, bodyOf(bytes), own)).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    expect(await store.head(name)).toMatchObject({ size: bytes.length, metadata: own.metadata });
  });
});

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

describe("an endpoint that is no S3 is told", () => {
  test.each([
    [200, "<html><body>It works!</body></html>"],
    [404, "<html><body>Not found</body></html>"],
    [405, "Method not allowed"],
    [200, ""],
  ])("a web server that answers %i %s", async (status, body) => {
    const web = createHttpServer((request, response) => {
      request.resume();
      response.writeHead(status, { "content-type": "text/html" }).end(body);
    });
    const store = open(await listen(web));
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code: "NOT_AN_OBJECT_STORE" });
    await expect(store.multipart.start("a")).rejects.toMatchObject({ code: "NOT_AN_OBJECT_STORE" });
  });

  test("a server that speaks no HTTP", async () => {
    const other = createServer((socket) =>
      socket.on("error", () => undefined).end("SSH-2.0-OpenSSH_9.2\r\n"),
    );
    const store = open(await listen(other));
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code: "NOT_AN_OBJECT_STORE" });
  });

  test("a server without TLS, where TLS was expected", async () => {
    const store = open(server.endpoint.replace("http:", "https:"));
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code: "NOT_AN_OBJECT_STORE" });
  });
});
