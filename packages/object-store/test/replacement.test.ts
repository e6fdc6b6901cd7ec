import { describe, expect, test } from "vitest";
import { MemoryObjectStore, ObjectStoreError } from "../src/index.ts";
import { ChaosObjectStore, type ChaosRequest, type Fault } from "../src/testing/index.ts";
import { readObject, someBytes } from "../src/testing/expectations.ts";
import { EngineHarness } from "./engine-harness.ts";

const [SMALL, LARGE] = [10, 300_000];

/** Uploads twice under one name, with leave to replace; gives the methods of the requests for the second. */
async function replace(
  inner: MemoryObjectStore,
  size: number,
  faultOf: (request: ChaosRequest) => Fault | undefined = () => undefined,
): Promise<string[]> {
  let methods: string[] = [];
  const store = new ChaosObjectStore(inner, (request) => {
    methods.push(request.method);
    return faultOf(request);
  });
  const harness = new EngineHarness(store);
  await harness.engine.open();
  for (const seed of [1, 2]) {
    methods = [];
    const key = harness.upload("name", someBytes(size, seed), true);
    await harness.drained();
    expect(harness.fate(key)).toEqual({ staged: 1, uploaded: 1, failed: [] });
  }
  expect((await readObject(inner, "name")).bytes.equals(someBytes(size, 2))).toBe(true);
  return methods;
}

describe("to replace an object takes", () => {
  test("three requests if it is small", async () => {
    expect(await replace(new MemoryObjectStore(), SMALL)).toEqual(["put", "head", "put"]);
  });

  test("two, and its bytes once, if it is not", async () => {
    expect(await replace(new MemoryObjectStore(), LARGE)).toEqual(["head", "put"]);
  });
});

test("a small file of a new name takes one request, with and without leave to replace", async () => {
  for (const overwrite of [false, true]) {
    const store = new ChaosObjectStore(new MemoryObjectStore(), () => undefined);
    const harness = new EngineHarness(store);
    await harness.engine.open();
    harness.upload("name", "content", overwrite);
    await harness.drained();
    expect(store.requests).toBe(1);
  }
});

test.for([SMALL, LARGE])("who may write and not read replaces what is there, of %i bytes", async (size) => {
  const denied = new ObjectStoreError("ACCESS_DENIED", "403");
  const faultOf = ({ method }: ChaosRequest): Fault | undefined => (method === "head" ? denied : undefined);
  expect((await replace(new MemoryObjectStore(), size, faultOf)).at(-1)).toBe("put");
});

test.for([SMALL, LARGE])("a store that refuses its own versions is not asked, for %i bytes", async (size) => {
  class Forgetful extends MemoryObjectStore {
    override async put(...[name, body, options]: Parameters<MemoryObjectStore["put"]>): Promise<void> {
      if (options?.ifVersion !== undefined) throw new ObjectStoreError("OBJECT_CHANGED", "412");
      await super.put(name, body, options);
    }
  }
  expect((await replace(new Forgetful(), size)).at(-1)).toBe("put");
});
