import { once } from "node:events";
import { Agent, type IncomingMessage, type ServerResponse, createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to one request. */
export type HttpFault =
  /** The server gets it twice, one after the other, and the client gets the second answer. */
  | { readonly kind: "duplicate" }
  /** The server acts, and the client never learns what it answered: the connection is reset. */
  | { readonly kind: "lose response" }
  /** Both of the above. */
  | { readonly kind: "duplicate and lose response" }
  /** The server sees nothing, and the client gets this answer. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** The server sees nothing, and the client hears nothing. */
  | { readonly kind: "silence" }
  /** The client hears nothing, and the server gets the request only `after` that, though the client may have gone. */
  | {
      readonly kind: "late";
      readonly after: Promise<unknown>;
      /** Hears what the server answered. */
      readonly answered: (status: number) => void;
    };

export interface ProxiedRequest {
  /** Counted from 0. */
  readonly index: number;
  readonly method: string;
  readonly url: string;
}

export interface HttpFaultProxy {
  readonly endpoint: string;
  /** One line per request that came, such as `PUT /mlog/a.txt lose response`. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A request is held in memory: parts of uploads fit, whole checkpoints do not. */
const BODY_LIMIT = 64 * 2 ** 20;

interface Response {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

/**
 * Stands between a client and a server and breaks requests, each of which it reads whole.
 *
 * @param target - Such as `http://127.0.0.1:8080`.
 * @param faultOf - Asked once per request; undefined lets it pass.
 */
export async function startHttpFaultProxy(
  target: string,
  faultOf: (request: ProxiedRequest) => HttpFault | undefined,
): Promise<HttpFaultProxy> {
  const requests: string[] = [];
  const agent = new Agent({ keepAlive: true });

  /** With the headers as they came: the signature covers them. */
  async function forward({ method, url, rawHeaders }: IncomingMessage, body: Buffer): Promise<Response> {
    const headers = rawHeaders.flatMap((value, i) => {
      const name = rawHeaders[i - (i % 2)]!.toLowerCase();
      return ["connection", "expect", "transfer-encoding"].includes(name) ? [] : [value];
    });
    const { hostname, port } = new URL(target);
    const upstream = send({ agent, hostname, port, method, path: url, headers });
    upstream.end(body);
    const [response] = (await once(upstream, "response")) as [IncomingMessage];
    return { status: response.statusCode!, headers: response.rawHeaders, body: await readAll(response) };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", socket } = request;
    const fault = faultOf({ index: requests.length, method, url });
    requests.push(`${method} ${url} ${fault?.kind ?? "passes"}`);
    const body = await readAll(request);
    if (fault?.kind === "silence") return;
    if (fault?.kind === "late") {
      await fault.after;
      fault.answered((await forward(request, body)).status);
      return;
    }
    if (fault?.kind === "answer") {
      response.writeHead(fault.status, fault.headers).end(method === "HEAD" ? undefined : fault.body);
      return;
    }
    if (fault?.kind.startsWith("duplicate")) await forward(request, body);
    const answer = await forward(request, body);
    if (fault?.kind.endsWith("lose response")) return void socket.resetAndDestroy();
    const headers = answer.headers.flatMap((value, i) =>
      answer.headers[i - (i % 2)]!.toLowerCase() === "transfer-encoding" ? [] : [value],
    );
    response.writeHead(answer.status, headers).end(answer.body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.resetAndDestroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    if ((size += chunk.length) > BODY_LIMIT) throw new Error(`more than ${BODY_LIMIT} bytes in one message`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
