import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { run } from "./run.ts";
import { installTools } from "./tools.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Every package, packed as it would be published: its name -> the path of its tarball. */
    tarballs: Readonly<Record<string, string>>;
    /** The `node_modules` of the tools. */
    tools: string;
  }
}

/** Packs every package once, and installs the tools, for all files of the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = join(import.meta.dirname, "../..");
  const folder = await mkdtemp(join(tmpdir(), "mlog-published-"));
  await run(root, "pnpm", ["run", "pack", folder]);
  const tarballs = (await readdir(folder)).map((file) => {
    const [, scoped, name] = /^(mlog-)?(.+)-\d+\.\d+\.\d+\.tgz$/.exec(file)!;
    return [scoped === undefined ? name! : `@mlog/${name}`, join(folder, file)] as const;
  });
  project.provide("tarballs", Object.fromEntries(tarballs));
  project.provide("tools", await installTools());
  return () => rm(folder, { recursive: true, force: true });
}
