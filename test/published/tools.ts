import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.ts";

const cache = join(import.meta.dirname, "../.cache");

/** Installs the tools of `tools/package.json`, unless they are there already; returns their `node_modules`. */
export async function installTools(): Promise<string> {
  const manifest = join(import.meta.dirname, "tools/package.json");
  const folder = join(cache, `tools-${hash("sha256", await readFile(manifest), "hex").slice(0, 12)}`);
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true });
    // Under another name until all are there.
    const partial = await mkdtemp(join(cache, "tools-"));
    try {
      await copyFile(manifest, join(partial, "package.json"));
      await run(partial, "npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"]);
      await rename(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return join(folder, "node_modules");
}
