import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How much a changeset changes a package. */
export type Bump = "patch" | "minor" | "major";

/** What is read of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The published packages below `root`, by name. */
export function readManifests(root: string): Map<string, Manifest> {
  const manifests = readdirSync(join(root, "packages")).map(
    (folder) => JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as Manifest,
  );
  return new Map(manifests.map((manifest) => [manifest.name, manifest]));
}

/** What the changesets that wait below `root` ask for: every package that one of them names. */
export function readChangesets(root: string): Map<string, Set<Bump>> {
  const bumps = new Map<string, Set<Bump>>();
  const files = readdirSync(join(root, ".changeset")).filter(
    (file) => file.endsWith(".md") && file !== "README.md",
  );
  for (const file of files) {
    const [, head = ""] = readFileSync(join(root, ".changeset", file), "utf8").split(/^---$/m);
    for (const [, name = "", bump] of head.matchAll(/^["']?([^"'\n]+?)["']?: *(patch|minor|major)$/gm)) {
      bumps.set(name, (bumps.get(name) ?? new Set()).add(bump as Bump));
    }
  }
  return bumps;
}

/** Packages whose code changed, by their folders, and that no changeset names. */
export function withoutChangeset(
  changedFiles: readonly string[],
  bumps: ReadonlyMap<string, unknown>,
): readonly string[] {
  const folders = changedFiles.flatMap((file) => /^packages\/([^/]+)\/src\//.exec(file)?.[1] ?? []);
  return [...new Set(folders)].filter((folder) => !bumps.has(`@mlog/${folder}`) && !bumps.has(folder));
}

/**
 * Packages that must have a major because a peer of theirs has one: their range then leaves its old versions, which
 * changesets would release as a patch.
 */
export function withoutMajor(
  manifests: ReadonlyMap<string, Manifest>,
  bumps: ReadonlyMap<string, ReadonlySet<Bump>>,
): readonly string[] {
  const majors = new Set([...bumps].filter(([, all]) => all.has("major")).map(([name]) => name));
  const missing: string[] = [];
  // A major of one may ask for that of another.
  for (let found = true; found;) {
    found = false;
    for (const [name, { peerDependencies = {} }] of manifests) {
      if (majors.has(name) || !Object.keys(peerDependencies).some((peer) => majors.has(peer))) continue;
      majors.add(name);
      missing.push(name);
      found = true;
    }
  }
  return missing;
}
