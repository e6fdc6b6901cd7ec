import assert from "node:assert/strict";
import { bodyOf } from "../object-body.ts";
import { compareNames } from "../object-name.ts";
import type { ContractContext } from "./contract-context.ts";

/** More than the thousand that stores give at a time. */
const MANY = 1005;

/** That what is there is listed, all of it, once, in order. */
export function listTests({ test, store: open }: ContractContext): void {
  const folder = "contract/lists";

  test(`${MANY} objects are listed once each, in order`, async () => {
    const store = await open();
    const names = Array.from({ length: MANY }, (_, index) => `${folder}/many/${index % 7}/${index}`);
    const waiting = [...names];
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let name = waiting.pop(); name !== undefined; name = waiting.pop())
          await store.put(name, bodyOf(Buffer.from(name)));
      }),
    );
    const listed = await Array.fromAsync(store.list(`${folder}/many/`));
    assert.deepEqual(
      listed.map((object) => object.name),
      names.sort(compareNames),
    );
    for (const { name, size } of listed) assert.equal(size, name.length);
    for await (const { name } of store.list(`${folder}/many/`)) {
      assert.equal(name, names[0], "a list can be left early");
      break;
    }
  });

  test("a prefix is the beginning of a name, not a folder", async () => {
    const store = await open();
    const names = ["ab", "ab-c", "ab/c", "ab/d/e", "ab0", "b"].map((name) => `${folder}/prefix/${name}`);
    const put = names.filter((name) => !name.endsWith("/ab"));
    for (const name of put) await store.put(name, bodyOf(Buffer.from("x")));
    const list = async (prefix: string): Promise<string[]> =>
      (await Array.fromAsync(store.list(`${folder}/prefix/${prefix}`))).map(({ name }) => name);
    assert.deepEqual(await list("ab"), put.slice(0, 4).sort(compareNames));
    assert.deepEqual(await list("ab/"), [`${folder}/prefix/ab/c`, `${folder}/prefix/ab/d/e`]);
    assert.deepEqual(await list("ab/d/e"), [`${folder}/prefix/ab/d/e`]);
    assert.deepEqual(await list("none"), []);
    assert.deepEqual(await list("none/at/all"), []);
  });

  test("the prefix may be empty", async () => {
    const store = await open();
    await store.put(`${folder}/everything`, bodyOf(Buffer.from("x")));
    const names = (await Array.fromAsync(store.list(""))).map((object) => object.name);
    assert.ok(names.includes(`${folder}/everything`));
    assert.deepEqual(names, [...names].sort(compareNames));
  });
}
