import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The installed version of a package, seen from this one or from the working directory; undefined if there is none. */
export function versionOf(name: string): string | undefined {
  for (const base of [import.meta.url, pathToFileURL(join(process.cwd(), "package.json")).href]) {
    try {
      const path = findPackageJSON(name, base);
      if (path !== undefined) return (JSON.parse(readFileSync(path, "utf8")) as { version?: string }).version;
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}
