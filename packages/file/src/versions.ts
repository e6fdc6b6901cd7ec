import { createRequire } from "node:module";

/** The versions of what writes a log. A package that a bundler has taken in has none that could be read. */
export function readVersions(): Readonly<Record<string, string>> {
  const require = createRequire(import.meta.url);
  const versions: Record<string, string> = { node: process.versions.node };
  for (const name of ["@mlog/core", "@mlog/journal", "@mlog/file"]) {
    try {
      versions[name] = String((require(`${name}/package.json`) as { version: unknown }).version);
    } catch {
      continue;
    }
  }
  return versions;
}
