import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";
import { run } from "./run.ts";

/** A folder as after `npm install` of these packages, which need no others. Gone when the test, or the file, ends. */
export async function installed(
  names: readonly string[],
  cleanUp: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mlog-compatibility-"));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "package.json"), '{ "private": true }');
  for (const name of names) await unpack(name, join(folder, "node_modules", name));
  return folder;
}

/** What the tarball of a package holds. */
export async function unpack(name: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await run(target, "tar", ["-xzf", inject("tarballs")[name]!, "--strip-components=1"]);
}
