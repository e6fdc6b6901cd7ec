import { createRequire } from "node:module";

let versions: Readonly<Record<string, string>> | undefined;

/** The versions of what writes a log. A package that a bundler has taken in has none that could be read. */
export function readVersions(): Readonly<Record<string, string>> {
  versions ??= Object.freeze({ node: process.versions.node, ...packageVersions() });
  return versions;
}

function packageVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const found: Record<string, string> = {};
  for (const name of ["@mlog/core", "@mlog/journal", "@mlog/file"]) {
    try {
      found[name] = String((require(`${name}/package.json`) as { version: unknown }).version);
    } catch {
      continue;
    }
  }
  return found;
}
