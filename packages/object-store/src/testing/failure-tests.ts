import assert from "node:assert/strict";
import { bodyOf } from "../object-body.ts";
import { RunningSum } from "../staging/checksums.ts";
import type { ContractContext } from "./contract-context.ts";
import { assertRejects, someBytes } from "./expectations.ts";

/** That what goes wrong is told by its code, and leaves nothing half done. */
export function failureTests({ test, store: open, capabilities }: ContractContext): void {
  const folder = "contract/failures";

  test("a file that is missing or too short is not sent, and leaves no object", async () => {
    const store = await open();
    const name = `${folder}/unreadable`;
    const missing = { path: "/no/such/file", start: 0, end: 10 };
    await assertRejects(store.put(name, { ...bodyOf(someBytes(10)), source: missing }), "BODY_UNREADABLE");
    const size = 10_000_000;
    const short = { path: process.execPath, start: 2 ** 40, end: 2 ** 40 + size };
    const body = { source: short, size, checksums: { crc32: 0 } };
    await assertRejects(store.put(name, body), "BODY_UNREADABLE");
    await assertRejects(store.head(name), "OBJECT_NOT_FOUND");
  });

  if (capabilities.checksums) {
    test("other bytes than those announced are refused", async () => {
      const store = await open();
      const name = `${folder}/damaged`;
      const sum = await RunningSum.start(store.checksum ?? "crc32");
      sum.add(someBytes(1000, 1));
      const { checksums, size } = sum.result();
      await store.put(`${folder}/sound`, { source: someBytes(1000, 1), size, checksums });
      const damaged = { source: someBytes(1000, 2), size, checksums };
      await assertRejects(store.put(name, damaged), "CHECKSUM_MISMATCH");
      await assertRejects(store.head(name), "OBJECT_NOT_FOUND");
      if (store.multipart === undefined) return;
      const upload = await store.multipart.start(name);
      await assertRejects(store.multipart.putPart(upload, 1, damaged), "CHECKSUM_MISMATCH");
      await store.multipart.abort(upload);
    });
  }

  test("every method ends with the reason of its signal", async () => {
    const store = await open();
    const name = `${folder}/aborted`;
    await store.put(name, bodyOf(someBytes(10)));
    const reason = new Error("no more");
    const signal = AbortSignal.abort(reason);
    const calls: (() => Promise<unknown>)[] = [
      () => store.put(name, bodyOf(someBytes(20)), { signal }),
      () => store.head(name, { signal }),
      () => store.get(name, { signal }),
      () => Array.fromAsync(store.list(`${folder}/`, { signal })),
      () => store.delete(name, { signal }),
    ];
    if (store.multipart !== undefined) calls.push(() => store.multipart!.start(name, { signal }));
    for (const call of calls) {
      const thrown = await call().then(
        () => assert.fail(`should have been aborted: ${call}`),
        (error: unknown) => error,
      );
      assert.equal(thrown, reason, String(call));
    }
    assert.equal((await store.head(name)).size, 10);
  });

  test("a signal that comes while bytes are sent ends the request", async () => {
    const store = await open();
    const name = `${folder}/aborted-later`;
    const controller = new AbortController();
    const reason = new Error("no more");
    const put = store.put(name, bodyOf(someBytes(30_000_000)), { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    // It may have been faster than the signal: then the object is there.
    const thrown: unknown = await put.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (thrown === undefined) assert.equal((await store.head(name)).size, 30_000_000);
    else assert.equal(thrown, reason);
  });
}
