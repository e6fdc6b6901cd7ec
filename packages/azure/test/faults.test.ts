import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, type Server as NetServer, createServer } from "node:net";
import { inspect } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import { bodyOf } from "@mlog/object-store";
import { type AzureServer, startAzure } from "@mlog/test-servers/azure";
import {
  type HttpFault,
  type TcpFault,
  startHttpFaultProxy,
  startTcpFaultProxy,
} from "@mlog/test-servers/fault-proxy";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { AzureBlobOptions } from "../src/index.ts";
import { AzureBlobStore } from "../src/store.ts";

let server: AzureServer;
beforeAll(async () => {
  server = await startAzure();
  await BlobServiceClient.fromConnectionString(server.connectionString).createContainer("mlog");
});
afterAll(() => server.close());

const bytes = Buffer.from("some bytes");
const own = { metadata: { mlogupload: "7" }, ifNoneMatch: "*" } as const;

/** A store in the container, reached over `origin`. */
function open(origin: string, options?: AzureBlobOptions): AzureBlobStore {
  const { accountKey, accountName } = server;
  return new AzureBlobStore(`${origin}/${accountName}/mlog/faults`, options ?? { accountKey });
}

function direct(): AzureBlobStore {
  return open(new URL(server.endpoint).origin);
}

async function behindTcp(faultOf: (connection: number) => TcpFault | undefined): Promise<AzureBlobStore> {
  const proxy = await startTcpFaultProxy(server.endpoint, faultOf);
  onTestFinished(() => proxy.close());
  return open(proxy.endpoint);
}

/** A store behind a proxy that breaks the first request. */
async function behindHttp(fault: HttpFault): Promise<AzureBlobStore> {
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

  test("an answer that ends early does not pass for a blob", async () => {
    await direct().put("long", bodyOf(Buffer.alloc(100_000, 1)));
    const store = await behindTcp(() => ({ kind: "truncation", bytes: 5000 }));
    const { body } = await store.get("long");
    await expect(Array.fromAsync(body)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });
});

test("a server that falls silent in the middle of an object is left at the deadline", async () => {
  await direct().put("stalled", bodyOf(Buffer.alloc(1_000_000, 1)));
  const store = await behindTcp(() => ({ kind: "bandwidth", bytesPerSecond: 1_000_000 }));
  const signal = AbortSignal.timeout(400);
  const read = async (): Promise<unknown> => Array.fromAsync((await store.get("stalled", { signal })).body);
  await expect(read()).rejects.toSatisfy((error: unknown) => error === signal.reason);
});

test.each<TcpFault>([{ kind: "black hole" }, { kind: "slow drip", msPerByte: 1000 }])(
  "a server that falls silent is left at the deadline: $kind",
  async (fault) => {
    const store = await behindTcp(() => fault);
    const signal = AbortSignal.timeout(200);
    await expect(store.put("silent", bodyOf(bytes), { signal })).rejects.toSatisfy(
      (error: unknown) => error === signal.reason,
    );
  },
);

test.each<HttpFault>([
  { kind: "lose response" },
  { kind: "duplicate" },
  { kind: "duplicate and lose response" },
])("a blob whose answer did not arrive is there once, and known as one's own: $kind", async (fault) => {
  const store = await behindHttp(fault);
  const name = fault.kind.replaceAll(" ", "-");
  const first = fault.kind === "duplicate" ? "OBJECT_EXISTS" : "STORE_UNAVAILABLE";
  await expect(store.put(name, bodyOf(bytes), own)).rejects.toMatchObject({ code: first });
  await expect(store.put(name, bodyOf(bytes), own)).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  expect(await store.head(name)).toMatchObject({ size: bytes.length, metadata: own.metadata });
});

test.each([
  [503, "ServerBusy", "STORE_THROTTLED"],
  [429, "TooManyRequests", "STORE_THROTTLED"],
  [500, "InternalError", "STORE_UNAVAILABLE"],
  [500, "OperationTimedOut", "STORE_UNAVAILABLE"],
  [502, "BadGateway", "STORE_UNAVAILABLE"],
  [408, "RequestTimeout", "STORE_UNAVAILABLE"],
  [400, "Md5Mismatch", "CHECKSUM_MISMATCH"],
  [403, "AuthenticationFailed", "ACCESS_DENIED"],
  [412, "ConditionNotMet", "OBJECT_EXISTS"],
  [413, "RequestBodyTooLarge", "OBJECT_TOO_LARGE"],
  [400, "InvalidHeaderValue", "REQUEST_REJECTED"],
])("%i %s is %s", async (status, azureCode, code) => {
  const headers = { "retry-after": "7", "content-type": "application/xml", "x-ms-error-code": azureCode };
  const body = `<?xml version="1.0"?><Error><Code>${azureCode}</Code><Message>No.</Message></Error>`;
  const store = await behindHttp({ kind: "answer", status, headers, body });
  await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code, retryAfter: 7000 });
});

describe("what somebody must mend says so", () => {
  test("another key", async () => {
    const accountKey = Buffer.alloc(64, 1).toString("base64");
    const store = open(new URL(server.endpoint).origin, { accountKey });
    const error = await store.put("a", bodyOf(bytes)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "ACCESS_DENIED" });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(accountKey);
  });

  test("a container that is not there", async () => {
    const store = new AzureBlobStore("azure://nowhere", { connectionString: server.connectionString });
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
  });

  test.each([
    [200, "<html><body>It works!</body></html>"],
    [404, "<html><body>Not found</body></html>"],
    [405, "Method not allowed"],
  ])("a web server that answers %i %s", async (status, body) => {
    const web = createHttpServer((request, response) => {
      request.resume();
      response.writeHead(status, { "content-type": "text/html" }).end(body);
    });
    const store = open(await listen(web));
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code: "NOT_AN_OBJECT_STORE" });
  });

  test("a server that speaks no HTTP", async () => {
    const other = createServer((socket) =>
      socket.on("error", () => undefined).end("SSH-2.0-OpenSSH_9.2\r\n"),
    );
    const store = open(await listen(other));
    await expect(store.put("a", bodyOf(bytes))).rejects.toMatchObject({ code: "NOT_AN_OBJECT_STORE" });
  });
});
