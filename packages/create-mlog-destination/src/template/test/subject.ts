import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HeldRecord, Sink, Subject } from "@mlog/conformance";
import { ExampleLogger } from "../src/index.ts";

/** A destination and the server that it sends to, which works, fails or hangs. */
export async function createSubject(sink: Sink): Promise<Subject> {
  const held: HeldRecord[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      if (sink === "hangs") return;
      if (sink === "fails") return response.writeHead(503).end();
      for (const line of body.split("\n")) if (line !== "") held.push(JSON.parse(line) as HeldRecord);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    destination: new ExampleLogger({ url: `http://127.0.0.1:${port}/records`, deadline: 2000 }),
    read: () => [...held],
    dispose() {
      server.closeAllConnections();
      server.close();
    },
  };
}
