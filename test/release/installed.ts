import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** What `node_modules` of a folder holds. */
export interface Installed {
  /** `name@version`, also of copies within packages. */
  readonly packages: readonly string[];
  /** Of all files, unpacked. */
  readonly bytes: number;
}

/** Looks at every package below `folder/node_modules`. */
export async function installedIn(folder: string): Promise<Installed> {
  const packages: string[] = [];
  let bytes = 0;
  const entries = await readdir(join(folder, "node_modules"), { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    // The lock file that npm keeps there is not a package's.
    if (!entry.isFile() || entry.name === ".package-lock.json") continue;
    bytes += (await stat(path)).size;
    if (/node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path)) {
      const { name, version } = JSON.parse(await readFile(path, "utf8")) as { name: string; version: string };
      packages.push(`${name}@${version}`);
    }
  }
  return { packages: packages.toSorted(), bytes };
}
