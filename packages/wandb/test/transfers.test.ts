import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { putSigned } from "../src/client/signed-put.ts";

const MIB = 1024 * 1024;
const signal = new AbortController().signal;

/** The URL of a store that does with requests what is given. */
async function openStore(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
}

test("an upload is not given up while it gets on, however long it takes", async () => {
  let received = 0;
  let read = 0;
  const url = await openStore((request, response) => {
    request.on("data", (chunk: Buffer) => {
      received += chunk.length;
      read += chunk.length;
      if (read < 2 * MIB) return;
      // A slow line.
      read = 0;
      request.pause();
      setTimeout(() => request.resume(), 50);
    });
    request.on("end", () => response.end());
  });
  const begin = performance.now();
  const stalled = 500;
  await putSigned({ url, headers: [], body: new Uint8Array(48 * MIB) }, stalled, signal);
  expect(performance.now() - begin).toBeGreaterThan(2 * stalled);
  expect(received).toBe(48 * MIB);
});

test("an upload that stands still is given up", async () => {
  const url = await openStore((request) => request.pause());
  const upload = putSigned({ url, headers: [], body: new Uint8Array(48 * MIB) }, 200, signal);
  await expect(upload).rejects.toThrow("the upload stood still for 0.2 s");
});

test("an upload that is not answered is given up", async () => {
  const url = await openStore((request) => request.resume());
  const upload = putSigned({ url, headers: [], body: new Uint8Array(10) }, 200, signal);
  await expect(upload).rejects.toThrow("stood still");
});
