import assert from "node:assert/strict";
import type { ObjectStoreErrorCode } from "../object-store-error.ts";
import type { GetOptions } from "../request-options.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";

/** @throws AssertionError unless `work` rejects with an error of `code` */
export async function assertRejects(work: Promise<unknown>, code: ObjectStoreErrorCode): Promise<void> {
  const error = await work.then(
    () => assert.fail(`should have been refused with ${code}`),
    (thrown: unknown) => thrown as Error & { code?: unknown },
  );
  assert.equal(error.code, code, `${error.name}: ${error.message}`);
}

/** All bytes of an object or a range of it. */
export async function readObject(
  store: ObjectStore,
  name: string,
  options?: GetOptions,
): Promise<{ readonly bytes: Buffer; readonly info: ObjectInfo }> {
  const { body, info } = await store.get(name, options);
  return { bytes: Buffer.concat(await Array.fromAsync(body)), info };
}

/** `length` bytes that differ from place to place and from one `seed` to another. */
export function someBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed * 2_654_435_761;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
