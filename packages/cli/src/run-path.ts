import { type Dirent } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { describe, MlogError } from "@mlog/core";

/** Where runs are unless the user says so. */
export const DEFAULT_ROOT = "runs";

/**
 * The path of a run that the user named: a run folder, a log, or the name of a run below `root`.
 *
 * @throws MlogError `RUN_NOT_FOUND`, `LINK_LEAVES_RUN`
 */
export async function findRun(named: string, root: string = DEFAULT_ROOT): Promise<string> {
  for (const path of [named, join(root, named)]) {
    if ((await stat(path).catch(() => undefined)) === undefined) continue;
    await assertWithin(path);
    return path;
  }
  throw new MlogError(
    "RUN_NOT_FOUND",
    `there is no run ${describe(named)}, here or in ${describe(root)}${await hint(named, root)}`,
  );
}

/**
 * A run that somebody else wrote may hold links to any file of this machine: those that lead out of its folder are
 * not followed.
 *
 * @throws MlogError `LINK_LEAVES_RUN`
 */
async function assertWithin(path: string): Promise<void> {
  const folder = await realpath(path);
  if (!(await lstat(folder)).isDirectory()) return;
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    await assertEntryWithin(folder, folder, entry);
    if (!entry.isDirectory() || !/^(rank=\d+|media)$/.test(entry.name)) continue;
    const inner = join(folder, entry.name);
    for (const below of await readdir(inner, { withFileTypes: true }))
      await assertEntryWithin(folder, inner, below);
  }
}

async function assertEntryWithin(folder: string, parent: string, entry: Dirent): Promise<void> {
  if (!entry.isSymbolicLink()) return;
  const path = join(parent, entry.name);
  const target = await realpath(path).catch(() => undefined);
  if (target === undefined || target === folder || target.startsWith(folder + sep)) return;
  throw new MlogError(
    "LINK_LEAVES_RUN",
    `${describe(path)} is a link that leads out of the folder of the run, to ${describe(target)}: it is not followed; ` +
      "name that file itself if you trust it",
  );
}

async function hint(named: string, root: string): Promise<string> {
  const names = await readdir(root).catch(() => []);
  const near = names
    .filter((name) => name.includes(basename(named)) || basename(named).includes(name))
    .slice(0, 5);
  if (near.length > 0) return `; did you mean ${near.map(describe).join(" or ")}?`;
  return names.length > 0 ? "; `mlog ls` lists what is there" : "";
}
