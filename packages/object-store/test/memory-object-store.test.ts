import { expect, test } from "vitest";
import { bodyOf, MemoryObjectStore } from "../src/index.ts";

test("an object is read as it was put", async () => {
  const store = new MemoryObjectStore();
  await store.put("a/b", bodyOf(Buffer.from("hello")), { metadata: { mlogupload: "1" } });
  const { info, body } = await store.get("a/b", { range: { start: 1, end: 3 } });
  expect(Buffer.concat(await Array.fromAsync(body)).toString()).toBe("el");
  expect(info).toMatchObject({ size: 5, metadata: { mlogupload: "1" } });
});
