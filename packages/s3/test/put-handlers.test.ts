import { once } from "node:events";
import { type IncomingHttpHeaders, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { bodyOf } from "@mlog/object-store";
import { expect, onTestFinished, test } from "vitest";
import { S3ObjectStore } from "../src/store.ts";

const region = "us-east-1";
const credentials = { accessKeyId: "key", secretAccessKey: "secret" };

interface Answering {
  readonly endpoint: string;
  /** Of each request. */
  readonly headers: IncomingHttpHeaders[];
}

async function startServer(answer: (response: ServerResponse, count: number) => void): Promise<Answering> {
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    request.resume().on("end", () => answer(response, headers.length));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, headers };
}

const accept = (response: ServerResponse): void => void response.writeHead(200, { etag: '"1"' }).end();

test("a request that was aborted ends nothing but itself", async () => {
  const abort = new AbortController();
  const reason = new Error("too late");
  const { endpoint } = await startServer((response, count) => {
    if (count !== 2) accept(response);
    else abort.abort(reason);
  });
  const store = new S3ObjectStore("s3://bucket", { endpoint, region, credentials });
  onTestFinished(() => store.close());
  await store.put("a", bodyOf(Buffer.from("first")));
  await expect(store.put("a", bodyOf(Buffer.from("2")), { signal: abort.signal })).rejects.toBe(reason);
  const { signal } = new AbortController();
  await Promise.all(["b", "c", "d"].map((name) => store.put(name, bodyOf(Buffer.from(name)), { signal })));
});

test("requests say that they are of mlog", async () => {
  const { endpoint, headers } = await startServer(accept);
  const store = new S3ObjectStore("s3://bucket", { endpoint, region, credentials });
  onTestFinished(() => store.close());
  await store.put("a", bodyOf(Buffer.from("a")));
  await store.delete("a");
  expect(headers.map((each) => each["user-agent"])).toEqual(["mlog aws-sdk-js/3", "mlog aws-sdk-js/3"]);
});

test("a client that was given is used as it is, with what is added to it later", async () => {
  const { endpoint, headers } = await startServer(accept);
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  const store = new S3ObjectStore("s3://bucket", {}, client);
  onTestFinished(() => store.close());
  await store.put("a", bodyOf(Buffer.from("a")));
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers["x-later"] = "yes";
      return next(args);
    },
    { step: "build" },
  );
  await store.put("a", bodyOf(Buffer.from("a")));
  expect(headers.map((each) => each["x-later"])).toEqual([undefined, "yes"]);
  expect(headers[0]!["user-agent"]).toMatch(/^aws-sdk-js/);
});
