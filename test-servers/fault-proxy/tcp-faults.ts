import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import { setTimeout } from "node:timers/promises";

/** What happens to one connection. */
export type TcpFault =
  /** Every piece of an answer comes so many ms late. */
  | { readonly kind: "latency"; readonly ms: number }
  /** Both ways together. */
  | { readonly kind: "bandwidth"; readonly bytesPerSecond: number }
  /** The connection is reset when a request has begun to come, and the server sees nothing of it. */
  | { readonly kind: "reset before request" }
  /** The server has acted, and the connection is reset instead of its answer. */
  | { readonly kind: "reset before response" }
  /** The connection is reset right behind the first piece of an answer. */
  | { readonly kind: "reset after response" }
  /** Everything is taken, and nothing ever comes back. */
  | { readonly kind: "black hole" }
  /** The server acts, and the proxy then says that it will send no more, but keeps listening. */
  | { readonly kind: "half-close" }
  /** An answer comes byte by byte. */
  | { readonly kind: "slow drip"; readonly msPerByte: number }
  /** An answer ends after so many bytes, in good order. */
  | { readonly kind: "truncation"; readonly bytes: number };

export interface TcpFaultProxy {
  readonly endpoint: string;
  /** How many connections were made so far. */
  readonly connections: number;
  close(): Promise<void>;
}

/**
 * Stands between a client and a server and breaks connections.
 *
 * @param target - Such as `http://127.0.0.1:8080`.
 * @param faultOf - Asked once per connection, counted from 0; undefined lets it pass.
 */
export async function startTcpFaultProxy(
  target: string,
  faultOf: (connection: number) => TcpFault | undefined,
): Promise<TcpFaultProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let connections = 0;
  const track = (socket: Socket): void => {
    sockets.add(socket);
    // A broken connection is what this is about: each side sees its own end.
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const fault = faultOf(connections++);
    const upstream = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    track(client);
    track(upstream);
    client.on("close", () => upstream.destroy());
    upstream.on(
      "close",
      () => fault?.kind === "black hole" || fault?.kind === "half-close" || client.destroy(),
    );
    void toServer(client, upstream, fault).catch(() => client.resetAndDestroy());
    void toClient(upstream, client, fault).catch(() => client.resetAndDestroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

async function toServer(client: Socket, upstream: Socket, fault: TcpFault | undefined): Promise<void> {
  for await (const piece of client as AsyncIterable<Buffer>) {
    if (fault?.kind === "reset before request") return void client.resetAndDestroy();
    if (fault?.kind === "black hole") continue;
    if (fault?.kind === "bandwidth") await setTimeout((piece.length / fault.bytesPerSecond) * 1000);
    await send(upstream, piece);
  }
  upstream.end();
}

async function toClient(upstream: Socket, client: Socket, fault: TcpFault | undefined): Promise<void> {
  let sent = 0;
  for await (const piece of upstream as AsyncIterable<Buffer>) {
    switch (fault?.kind) {
      case "reset before response":
        return void client.resetAndDestroy();
      case "reset after response":
        await send(client, piece);
        return void client.resetAndDestroy();
      case "half-close":
        client.end();
        continue;
      case "truncation":
        await send(client, piece.subarray(0, fault.bytes - sent));
        if ((sent += piece.length) >= fault.bytes) return void client.end();
        continue;
      case "slow drip":
        for (const byte of piece) {
          await setTimeout(fault.msPerByte);
          await send(client, Uint8Array.of(byte));
        }
        continue;
      case "latency":
        await setTimeout(fault.ms);
        break;
      case "bandwidth":
        await setTimeout((piece.length / fault.bytesPerSecond) * 1000);
        break;
      default:
    }
    await send(client, piece);
  }
  client.end();
}

/** Resolves when the socket takes more. */
async function send(socket: Socket, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0 && !socket.write(bytes)) await once(socket, "drain");
}
