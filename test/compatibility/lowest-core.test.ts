import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { readManifests } from "../../scripts/changesets.ts";
import { Registry } from "../published/registry.ts";
import { run } from "../published/run.ts";
import { WorkspaceWithCore } from "./workspace-with-core.ts";

const root = join(import.meta.dirname, "../..");
const manifests = readManifests(root);
const current = manifests.get("@mlog/core")!.version;
/** Stands for the next minor of core: it exports one thing more. */
const later = current.replace(/\.\d+\.\d+$/, (rest) => `.${Number(rest.split(".")[1]) + 1}.0`);

/** The tests of conformance of every destination, by the lowest core that its peer range admits. */
const suites = Map.groupBy(
  [...manifests.values()]
    .map(({ name, peerDependencies }) => ({
      range: peerDependencies?.["@mlog/core"],
      file: `packages/${name.replace("@mlog/", "")}/test/conformance.test.ts`,
    }))
    .filter(({ file }) => existsSync(join(root, file))),
  ({ range }) => range!.replace(/^\^/, ""),
);

let registry: Registry;
beforeAll(async () => {
  registry = await Registry.start(inject("tools"));
  const core = inject("tarballs")["@mlog/core"]!;
  await registry.release(core, current);
  await registry.release(core, later, (folder) =>
    appendFile(join(folder, "dist/index.js"), "\nexport const addedLater = () => 1;\n"),
  );
});
afterAll(() => registry?.stop());

/** The workspace with a core of this version, until the test ends. */
async function workspaceWith(version: string): Promise<WorkspaceWithCore> {
  const folder = await mkdtemp(join(tmpdir(), "mlog-core-"));
  const install = ["install", "--no-save", `@mlog/core@${version}`];
  // What was released before comes from where it was released to.
  if (version === current || version === later) await registry.npm(folder, ...install);
  else await run(folder, "npm", install);
  const workspace = await WorkspaceWithCore.make(join(folder, "node_modules/@mlog/core"));
  onTestFinished(async () => {
    await workspace[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  return workspace;
}

describe.each([...suites])("destinations whose range begins with core %s", (lowest, members) => {
  const files = members.map(({ file }) => file);

  it("conform with that core", async () => {
    const workspace = await workspaceWith(lowest);
    expect(await workspace.test(...files)).toBe(files.length);
  });
});

it("every destination of ours is among them", () => {
  const names = [...suites.values()].flat().map(({ file }) => file.split("/")[1]!);
  expect(new Set(names)).toEqual(
    new Set(["azure", "console", "file", "memory", "object-store", "s3", "tensorboard", "wandb"]),
  );
});

describe("a destination that uses what only a later core has", () => {
  const memory = "packages/memory/test/conformance.test.ts";

  const testWith = async (version: string): Promise<number> => {
    const workspace = await workspaceWith(version);
    const source = join(workspace.folder, "packages/memory/src/index.ts");
    await appendFile(source, 'import { addedLater } from "@mlog/core";\naddedLater();\n');
    return workspace.test(memory);
  };

  it("passes with that", async () => {
    expect(await testWith(later)).toBe(1);
  });

  it("fails with the core of today", async () => {
    await expect(testWith(current)).rejects.toThrow("addedLater");
  });
});
