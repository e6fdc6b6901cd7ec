import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type Answer, type Endpoint, type Outcome, type Received, refusal } from "./exchange.ts";
import { type Fault, type Faults } from "./faults.ts";

/** Which endpoint a request is for, and how the call is named; from method, target and body alone. */
export type Route = (request: Pick<Received, "method" | "target" | "body">) => {
  readonly call: string;
  readonly endpoint: Endpoint;
};

/** What a {@link Listener} needs. */
export interface ListenerOptions {
  readonly host: Received["host"];
  readonly route: Route;
  readonly faults: Faults;
  /** The clock, in ms. */
  now(): number;
  onExchange(request: Received, outcome: Outcome, answer: Answer | undefined): void;
}

const PIECES = 8;
const NO_BODY = Buffer.alloc(0);

/** An HTTP server on loopback whose answers meet faults. */
export class Listener {
  readonly #server: Server;
  readonly #options: ListenerOptions;
  readonly #closing = new AbortController();
  #url = "";

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.requestTimeout = 0;
  }

  /** Without a slash at its end; once `listen` has resolved. */
  get url(): string {
    return this.#url;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends every connection, also those that hang. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: target = "", headers } = message;
    const end = this.#options.route({ method, target, body: NO_BODY }).endpoint.began?.(target);
    const body = await readBody(message).catch(() => undefined);
    if (body === undefined) return end?.();
    const { call, endpoint } = this.#options.route({ method, target, body });
    const { host, now, faults } = this.#options;
    const request: Received = { host, method, target, headers, body, time: now(), call };
    endpoint.arrived?.(request);
    const fault = faults.take(request);
    const answer = isBefore(fault)
      ? undefined
      : await (async () => endpoint.answer(request))().catch((error: unknown) => refusal(error));
    // A client that has given up meanwhile gets nothing, whatever is written.
    const outcome = message.socket.destroyed ? { delivered: false } : this.#outcome(fault, answer);
    end?.();
    endpoint.settled?.(request, outcome);
    this.#options.onExchange(request, outcome, answer);
    await this.#reply(response, fault, answer).catch(() => response.destroy());
  }

  /** What the client gets, so that it is known before the client can react to it. */
  #outcome(fault: Fault | undefined, answer: Answer | undefined): Outcome {
    switch (fault?.kind) {
      case "reset":
      case "hang":
        return { delivered: false };
      case "expired":
        return { delivered: true, status: 403 };
      case "status": {
        const { status, retryAfter, errorCode } = fault;
        const wait = retryAfter instanceof Date ? retryAfter.getTime() : this.#seconds(retryAfter);
        return {
          delivered: true,
          status,
          ...(wait !== undefined && { notBefore: wait }),
          ...(errorCode !== undefined && { errorCode }),
        };
      }
      default:
        return { delivered: fault?.kind !== "malformed", status: answer?.status ?? 200 };
    }
  }

  #seconds(seconds: number | undefined): number | undefined {
    return seconds === undefined ? undefined : this.#options.now() + seconds * 1000;
  }

  async #reply(
    response: ServerResponse,
    fault: Fault | undefined,
    answer: Answer | undefined,
  ): Promise<void> {
    const { status = 200, headers = {}, body = "" } = answer ?? {};
    switch (fault?.kind) {
      case undefined:
        return reply(response, status, headers, body);
      case "hang":
        return;
      case "reset":
        response.socket?.resetAndDestroy();
        return;
      case "status":
        return reply(response, fault.status, faultHeaders(fault), faultBody(fault.status));
      case "graphql errors":
        return reply(
          response,
          200,
          headers,
          JSON.stringify({ data: null, errors: [{ message: fault.message }] }),
        );
      case "malformed":
        return reply(response, status, headers, String(body).slice(0, Math.floor(body.length / 2)));
      case "headers":
        return reply(response, status, { ...headers, ...fault.headers }, body);
      case "stopped":
        return reply(response, status, headers, JSON.stringify({ ...parsed(body), stopped: true }));
      case "expired":
        return reply(
          response,
          403,
          { "content-type": "application/xml" },
          "<Error><Code>AccessDenied</Code></Error>",
        );
      case "corrupt":
        return reply(response, status, headers, withFlippedBit(body));
      case "half-closed":
        response.on("finish", () => response.socket?.destroy());
        return reply(response, status, { ...headers, connection: "keep-alive" }, body);
      case "slow":
        return this.#endSlowly(response, fault.ms, answer!);
    }
  }

  async #endSlowly(response: ServerResponse, ms: number, answer: Answer): Promise<void> {
    const bytes = Buffer.from(answer.body);
    response.writeHead(answer.status, { ...answer.headers, "content-length": bytes.length });
    const size = Math.ceil(bytes.length / PIECES);
    for (let at = 0; at < bytes.length; at += size) {
      await delay(ms / PIECES, undefined, { signal: this.#closing.signal });
      response.write(bytes.subarray(at, at + size));
    }
    response.end();
  }
}

function isBefore(fault: Fault | undefined): boolean {
  switch (fault?.kind) {
    case "expired":
      return true;
    case "status":
    case "reset":
    case "hang":
    case "graphql errors":
      return fault.after !== true;
    default:
      return false;
  }
}

function reply(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function faultHeaders(fault: Extract<Fault, { kind: "status" }>): Record<string, string> {
  const { retryAfter, errorCode } = fault;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (retryAfter !== undefined) {
    headers["retry-after"] = retryAfter instanceof Date ? retryAfter.toUTCString() : String(retryAfter);
  }
  if (errorCode !== undefined) headers["x-wandb-error-code"] = errorCode;
  return headers;
}

function faultBody(status: number): string {
  return JSON.stringify({ error: `injected fault: ${status}` });
}

function parsed(body: string | Uint8Array): object {
  return JSON.parse(String(body)) as object;
}

function withFlippedBit(body: string | Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(body));
  if (bytes.length > 0) bytes[0]! ^= 1;
  return bytes;
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
