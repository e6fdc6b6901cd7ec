import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, type Server, createServer } from "node:net";
import { type ObjectStore, bodyOf, openStore } from "@mlog/object-store";
import { expect, onTestFinished, test } from "vitest";
import type { StoreSubject } from "./store-subject.ts";

/** That an endpoint which is something else is told, and does not pass for a store. */
export function foreignServers(subject: () => StoreSubject): void {
  const open = async (endpoint: string): Promise<ObjectStore> => {
    const store = await openStore(subject().storeAt(endpoint));
    onTestFinished(() => store.close?.());
    return store;
  };
  const put = async (endpoint: string): Promise<void> =>
    (await open(endpoint)).put("a", bodyOf(Buffer.from("some bytes")));
  const refusal = { code: "NOT_AN_OBJECT_STORE" };

  test.each([
    [200, "<html><body>It works!</body></html>"],
    [404, "<html><body>Not found</body></html>"],
    [405, "Method not allowed"],
  ])("a web server that answers %i %s is no store", async (status, body) => {
    await expect(put(await listen(webServer(status, body)))).rejects.toMatchObject(refusal);
  });

  test.each(["<html><body>It works!</body></html>", "{}", ""])(
    "a web server that answers a list with %j is no store without objects",
    async (body) => {
      const store = await open(await listen(webServer(200, body)));
      await expect(Array.fromAsync(store.list(""))).rejects.toMatchObject(refusal);
    },
  );

  test("a server that speaks no HTTP is no store", async () => {
    const other = createServer((socket) =>
      socket.on("error", () => undefined).end("SSH-2.0-OpenSSH_9.2\r\n"),
    );
    await expect(put(await listen(other))).rejects.toMatchObject(refusal);
  });

  test("a server without TLS, where TLS was expected, is no store", async () => {
    const secure = subject().endpoint.replace("http:", "https:");
    await expect(put(secure)).rejects.toMatchObject(refusal);
  });
}

function webServer(status: number, body: string): Server {
  return createHttpServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "text/html" }).end(body);
  });
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
