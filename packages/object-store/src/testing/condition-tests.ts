import assert from "node:assert/strict";
import { bodyOf } from "../object-body.ts";
import type { ContractContext } from "./contract-context.ts";
import { assertRejects, readObject, someBytes } from "./expectations.ts";

const RACERS = 8;
const RACES = 5;

/** That the store itself decides who may make an object, or replace it. */
export function conditionTests(context: ContractContext): void {
  if (context.capabilities.conditionalPut) creationTests(context);
  replacementTests(context);
}

function replacementTests({ test, store: open, capabilities }: ContractContext): void {
  const folder = "contract/replacements";

  test("only the version that was seen is replaced", async () => {
    const store = await open();
    const name = `${folder}/version`;
    const none = store.put(name, bodyOf(Buffer.from("0")), { ifVersion: '"0123"' });
    await assertRejects(none, "OBJECT_CHANGED");
    await store.put(name, bodyOf(Buffer.from("1")));
    const { version: ifVersion } = await store.head(name);
    await store.put(name, bodyOf(Buffer.from("2")), { ifVersion });
    await assertRejects(store.put(name, bodyOf(Buffer.from("3")), { ifVersion }), "OBJECT_CHANGED");
    assert.equal((await readObject(store, name)).bytes.toString(), "2");
  });

  test("only the version that was seen is replaced by an upload in parts", async () => {
    const store = await open();
    const uploads = store.multipart;
    if (uploads === undefined) return;
    const name = `${folder}/parts`;
    const complete = async (seed: number, ifVersion: string): Promise<void> => {
      const upload = await uploads.start(name);
      const part = await uploads.putPart(upload, 1, bodyOf(someBytes(10, seed)));
      try {
        await uploads.complete(upload, [part], { ifVersion });
      } finally {
        await uploads.abort(upload);
      }
    };
    await store.put(name, bodyOf(Buffer.from("1")));
    const { version } = await store.head(name);
    await complete(2, version);
    await assertRejects(complete(3, version), "OBJECT_CHANGED");
    assert.ok((await readObject(store, name)).bytes.equals(someBytes(10, 2)));
  });

  if (!capabilities.conditionalReplace) return;

  test(`of ${RACERS} that replace the same version at once exactly one does`, async () => {
    const store = await open();
    for (let race = 0; race < RACES; race++) {
      const name = `${folder}/race-${race}`;
      await store.put(name, bodyOf(Buffer.from("before")));
      const { version: ifVersion } = await store.head(name);
      const results = await Promise.allSettled(
        Array.from({ length: RACERS }, (_, racer) =>
          putUntilAnswered(() => store.put(name, bodyOf(someBytes(50_000, racer)), { ifVersion })),
        ),
      );
      const winners = results.flatMap(({ status }, racer) => (status === "fulfilled" ? [racer] : []));
      assert.equal(winners.length, 1);
      assert.ok((await readObject(store, name)).bytes.equals(someBytes(50_000, winners[0])));
      for (const result of results)
        if (result.status === "rejected")
          await assertRejects(Promise.reject(result.reason as Error), "OBJECT_CHANGED");
    }
  });
}

function creationTests({ test, store: open }: ContractContext): void {
  const folder = "contract/conditions";

  test("without leave to replace, an object stays as it is", async () => {
    const store = await open();
    const name = `${folder}/stays`;
    await store.put(name, bodyOf(Buffer.from("first")), { ifNoneMatch: "*", metadata: { id: "1" } });
    for (const text of ["other", "first"]) {
      const put = store.put(name, bodyOf(Buffer.from(text)), { ifNoneMatch: "*", metadata: { id: "2" } });
      await assertRejects(put, "OBJECT_EXISTS");
    }
    const { bytes, info } = await readObject(store, name);
    assert.equal(bytes.toString(), "first");
    assert.equal(info.metadata["id"], "1");
    await store.delete(name);
    await store.put(name, bodyOf(Buffer.from("after")), { ifNoneMatch: "*" });
    assert.equal((await readObject(store, name)).bytes.toString(), "after");
  });

  test(`of ${RACERS} that make the same object at once, with equal bytes even, exactly one does`, async () => {
    const store = await open();
    for (let race = 0; race < RACES; race++) {
      const name = `${folder}/race-${race}`;
      await store.delete(name);
      const results = await Promise.allSettled(
        Array.from({ length: RACERS }, (_, racer) =>
          putUntilAnswered(() =>
            store.put(name, bodyOf(someBytes(50_000)), {
              ifNoneMatch: "*",
              metadata: { racer: String(racer) },
            }),
          ),
        ),
      );
      const winners = results.flatMap(({ status }, racer) => (status === "fulfilled" ? [String(racer)] : []));
      assert.deepEqual(winners, [(await store.head(name)).metadata["racer"]]);
      for (const result of results)
        if (result.status === "rejected")
          await assertRejects(Promise.reject(result.reason as Error), "OBJECT_EXISTS");
    }
  });
}

/** A store may answer that others are at the same object just now, and ask to come back. */
async function putUntilAnswered(put: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await put();
    } catch (error) {
      if (!["STORE_UNAVAILABLE", "STORE_THROTTLED"].includes((error as { code: string }).code)) throw error;
    }
  }
}
