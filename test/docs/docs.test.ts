import { describe, expect, it } from "vitest";
import { blocksOf, checkTypes, documentedBlocks, runBlock } from "./code-block.ts";

const blocks = documentedBlocks();

describe("the code in the documentation", () => {
  it("is found, in the README at least", () => {
    expect(blocks.map((block) => block.place)).toContainEqual(expect.stringMatching(/^README\.md:/));
  });

  it.concurrent.for(blocks.map((block) => [block.place, block] as const))("%s runs", async ([, block]) => {
    await runBlock(block);
  });

  it("passes the type check", async () => {
    expect(await checkTypes(blocks)).toBe("");
  });
});

describe("a block that is wrong", () => {
  const wrong = blocksOf(
    "wrong.md",
    [
      "```ts",
      'throw new Error("oops");',
      "```",
      "```js",
      "process.exit(3);",
      "```",
      "```ts",
      'const a: number = "";',
      "```",
    ].join("\n"),
  );

  it("fails if it throws", () => expect(runBlock(wrong[0]!)).rejects.toThrow("oops"));
  it("fails if it exits with a code", () => expect(runBlock(wrong[1]!)).rejects.toMatchObject({ code: 3 }));
  it("fails if its types are wrong", async () => expect(await checkTypes([wrong[2]!])).toContain("TS2322"));
});
