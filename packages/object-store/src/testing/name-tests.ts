import assert from "node:assert/strict";
import { bodyOf } from "../object-body.ts";
import type { ContractContext } from "./contract-context.ts";
import { assertRejects, readObject } from "./expectations.ts";
import { longName, oddNames, unsafeNames } from "./odd-names.ts";

/** That a name reaches the store as it is, or is refused before anything is sent. */
export function nameTests({ test, store: open, capabilities }: ContractContext): void {
  const folder = "contract/names/";

  test(`${oddNames.length} odd names are put, read, listed and deleted as they are`, async () => {
    const store = await open();
    const names = oddNames.map((name) => folder + name).filter((name) => !capabilities.refuses(name));
    for (const name of names) {
      await store.put(name, bodyOf(Buffer.from(name))).catch(naming(name));
      const { bytes } = await readObject(store, name).catch(naming(name));
      assert.equal(bytes.toString(), name);
    }
    const listed = await Array.fromAsync(store.list(folder));
    assert.deepEqual(new Set(listed.map((object) => object.name)), new Set(names));
    for (const name of names) {
      const found = await Array.fromAsync(store.list(name));
      assert.ok(
        found.some((object) => object.name === name),
        `${name} is not listed by its name`,
      );
      await store.delete(name).catch(naming(name));
    }
    assert.deepEqual(await Array.fromAsync(store.list(folder)), []);
  });

  test("an odd name that the store cannot have is refused with a code", async () => {
    const store = await open();
    for (const name of oddNames.map((odd) => folder + odd).filter(capabilities.refuses))
      await assertRejects(store.put(name, bodyOf(Buffer.from(name))), "INVALID_OBJECT_NAME");
  });

  test(`a name may have ${capabilities.longestName} bytes`, async () => {
    const store = await open();
    const name = longName(folder, capabilities.longestName);
    assert.equal(Buffer.byteLength(name), capabilities.longestName);
    await store.put(name, bodyOf(Buffer.from("long")));
    assert.equal((await readObject(store, name)).bytes.toString(), "long");
    assert.deepEqual(await Array.fromAsync(store.list(name)), [{ name, size: 4 }]);
    await store.delete(name);
    await assertRejects(
      store.put(longName(folder, capabilities.longestName + 1), bodyOf(Buffer.from("longer"))),
      "INVALID_OBJECT_NAME",
    );
  });

  test("a name that leads out, or means something else elsewhere, is refused by every method", async () => {
    const store = await open();
    for (const name of unsafeNames) {
      await assertRejects(store.put(name, bodyOf(Buffer.from("x"))), "INVALID_OBJECT_NAME");
      await assertRejects(store.head(name), "INVALID_OBJECT_NAME");
      await assertRejects(store.get(name), "INVALID_OBJECT_NAME");
      await assertRejects(store.delete(name), "INVALID_OBJECT_NAME");
      if (store.multipart !== undefined)
        await assertRejects(store.multipart.start(name), "INVALID_OBJECT_NAME");
    }
    await assertRejects(Array.fromAsync(store.list("../")), "INVALID_OBJECT_NAME");
  });

  if (capabilities.objectsInsideObjects) {
    test("an object may stand beside objects whose names begin with its own and a slash", async () => {
      const store = await open();
      const names = [`${folder}inside`, `${folder}inside/a`, `${folder}inside/a/b`];
      for (const name of names) await store.put(name, bodyOf(Buffer.from(name)));
      const listed = await Array.fromAsync(store.list(`${folder}inside`));
      assert.deepEqual(
        listed.map((object) => object.name),
        names,
      );
      for (const name of names) await store.delete(name);
    });
  }
}

function naming(name: string): (cause: Error) => never {
  return (cause) => {
    throw new Error(`${JSON.stringify(name)}: ${cause.message}`, { cause });
  };
}
