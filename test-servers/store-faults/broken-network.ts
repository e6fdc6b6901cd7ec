import { bodyOf, type ObjectStore, openStore } from "@mlog/object-store";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type HttpFault,
  type TcpFault,
  startHttpFaultProxy,
  startTcpFaultProxy,
} from "../fault-proxy/index.ts";
import type { StoreSubject } from "./store-subject.ts";

const bytes = Buffer.from("some bytes");
const own = { metadata: { mlogupload: "7" }, ifNoneMatch: "*" } as const;

/** That a store tells what a bad network does by its codes, takes nothing for done that is not, and never hangs. */
export function brokenNetwork(subject: () => StoreSubject): void {
  const open = async (endpoint: string): Promise<ObjectStore> => {
    const store = await openStore(subject().storeAt(endpoint));
    onTestFinished(() => store.close?.());
    return store;
  };
  const direct = (): Promise<ObjectStore> => open(subject().endpoint);
  /** Behind a proxy that breaks connections. */
  const behindTcp = async (faultOf: (connection: number) => TcpFault | undefined): Promise<ObjectStore> => {
    const proxy = await startTcpFaultProxy(subject().endpoint, faultOf);
    onTestFinished(() => proxy.close());
    return open(proxy.endpoint);
  };

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
      await (await direct()).put("long", bodyOf(Buffer.alloc(100_000, 1)));
      const store = await behindTcp(() => ({ kind: "truncation", bytes: 5000 }));
      const { body } = await store.get("long");
      await expect(Array.fromAsync(body)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    });

    test("nobody listens", async () => {
      const closed = await startTcpFaultProxy(subject().endpoint, () => undefined);
      await closed.close();
      const store = await open(closed.endpoint);
      await expect(store.head("a")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    });
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
      expect(await (await direct()).head(name)).toMatchObject({ size: bytes.length });
    });
  });

  describe("a server that falls silent is left at the deadline", () => {
    test.each<TcpFault>([
      { kind: "black hole" },
      { kind: "half-close" },
      { kind: "slow drip", msPerByte: 1000 },
    ])("$kind", async (fault) => {
      const store = await behindTcp(() => fault);
      const signal = AbortSignal.timeout(200);
      await expect(store.put("silent", bodyOf(bytes), { signal })).rejects.toSatisfy(
        (error: Error & { code?: unknown }) =>
          error === signal.reason || (fault.kind === "half-close" && error.code === "STORE_UNAVAILABLE"),
      );
    });

    test("in the middle of an object", async () => {
      await (await direct()).put("stalled", bodyOf(Buffer.alloc(1_000_000, 1)));
      const store = await behindTcp(() => ({ kind: "bandwidth", bytesPerSecond: 1_000_000 }));
      const signal = AbortSignal.timeout(400);
      const read = async (): Promise<unknown> =>
        Array.fromAsync((await store.get("stalled", { signal })).body);
      await expect(read()).rejects.toSatisfy((error: unknown) => error === signal.reason);
    });
  });

  test.each<HttpFault>([
    { kind: "lose response" },
    { kind: "duplicate" },
    { kind: "duplicate and lose response" },
  ])("an object whose answer did not arrive is there once, and known as one's own: $kind", async (fault) => {
    const proxy = await startHttpFaultProxy(subject().endpoint, ({ index }) =>
      index === 0 ? fault : undefined,
    );
    onTestFinished(() => proxy.close());
    const store = await open(proxy.endpoint);
    const name = fault.kind.replaceAll(" ", "-");
    const first = fault.kind === "duplicate" ? "OBJECT_EXISTS" : "STORE_UNAVAILABLE";
    await expect(store.put(name, bodyOf(bytes), own)).rejects.toMatchObject({ code: first });
    await expect(store.put(name, bodyOf(bytes), own)).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    expect(await store.head(name)).toMatchObject({ size: bytes.length, metadata: own.metadata });
  });
}
