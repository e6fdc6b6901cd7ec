import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, documentedBlocks, Workbench } from "./code-block.ts";
import { startStores, type Stores } from "./stores.ts";

const blocks = documentedBlocks();
const workbench = new Workbench();
let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(async () => {
  workbench[Symbol.dispose]();
  await stores.close();
});

describe("the code in the documentation", () => {
  it("is found, in the README at least", () => {
    expect(blocks.map((block) => block.place)).toContainEqual(expect.stringMatching(/^README\.md:/));
  });

  it.concurrent.for(blocks.map((block) => [block.place, block] as const))("%s runs", async ([, block]) => {
    await expect(workbench.run(block, stores.env)).resolves.toBeUndefined();
  });

  it("passes the type check", async () => {
    expect(await workbench.checkTypes(blocks)).toBe("");
  });
});

describe("a block that is wrong", () => {
  const [throwing, exiting, mistyped] = blocksOf(
    "wrong.md",
    '```ts\nthrow new Error("oops");\n```\n```js\nprocess.exit(3);\n```\n```ts\nconst a: number = "";\n```\n',
  );

  it("fails if it throws", () => expect(workbench.run(throwing!)).rejects.toThrow("oops"));
  it("fails if it exits with a code", () =>
    expect(workbench.run(exiting!)).rejects.toMatchObject({ code: 3 }));
  it("fails if its types are wrong", async () => {
    expect(await workbench.checkTypes([mistyped!])).toContain("TS2322");
  });
});
