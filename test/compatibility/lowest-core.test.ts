import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { run } from "../published/run.ts";
import { installed } from "../published/unpack.ts";

const root = join(import.meta.dirname, "../..");

/** Destinations whose tests can be run against any core: the package, and what it keeps. */
const destinations = [
  { name: "memory", keeps: ["metric", "hyperparameter", "table", "image", "histogram", "trace"] },
  { name: "file", keeps: ["metric", "hyperparameter", "table", "image", "histogram", "trace", "event"] },
];

async function manifestOf(
  name: string,
): Promise<{ version: string; peerDependencies: Record<string, string> }> {
  return JSON.parse(await readFile(join(root, "packages", name, "package.json"), "utf8"));
}

describe.each(destinations)("@mlog/$name", ({ name, keeps }) => {
  it("passes conformance with the lowest core that its peer range admits", async () => {
    const lowest = (await manifestOf(name)).peerDependencies["@mlog/core"]!.replace(/^\^/, "");
    const current = (await manifestOf("core")).version;
    const packages = ["@mlog/core", "@mlog/conformance", "@mlog/journal", "@mlog/image", `@mlog/${name}`];
    const folder = await installed(packages);
    // Until there is a later core than the lowest, that is the one that was just packed.
    if (lowest !== current) {
      await run(folder, "npm", ["install", "--no-save", "--no-audit", "--no-fund", `@mlog/core@${lowest}`]);
    }
    for (const library of ["sharp", "fast-png"]) {
      await symlink(
        join(root, "packages/image/node_modules", library),
        join(folder, "node_modules", library),
      );
    }
    const subject = await readFile(join(root, "packages", name, "test/fixtures/subject.ts"), "utf8");
    await mkdir(join(folder, "test"));
    await writeFile(join(folder, "test/subject.ts"), subject.replace("../../src/index.ts", `@mlog/${name}`));
    await writeFile(
      join(folder, "test/conforms.test.ts"),
      `import { test } from "node:test";
       import { destinationConformance } from "@mlog/conformance";
       import { createSubject } from "./subject.ts";
       const capabilities = { keeps: ${JSON.stringify(keeps)} };
       const module = new URL("./subject.ts", import.meta.url);
       destinationConformance(test, createSubject, { capabilities, module, deadline: 60_000 });`,
    );
    expect(await run(folder, process.execPath, ["--test", "test/conforms.test.ts"])).toMatch(/(#|ℹ) fail 0/);
  });

  it("names a core that there is", async () => {
    const range = (await manifestOf(name)).peerDependencies["@mlog/core"]!;
    expect(range).toMatch(/^\^1\.\d+\.0$/);
    expect(Object.keys(inject("tarballs"))).toContain("@mlog/core");
  });
});
