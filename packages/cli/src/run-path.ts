import { type Dirent } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { describe, MlogError } from "@mlog/core";

/** Where runs are unless the user says so. */
export const DEFAULT_ROOT = "runs";

/**
 * The path of a run that the user named: a run folder, a log, the name of a run below `root`, or a part of its name
 * that no other has.
 *
 * @throws MlogError `RUN_NOT_FOUND`, `LINK_LEAVES_RUN`
 */
export async function findRun(named: string, root: string = DEFAULT_ROOT): Promise<string> {
  for (const path of [named, join(root, named)]) {
    if ((await stat(path).catch(() => undefined)) === undefined) continue;
    await assertWithin(path);
    return path;
  }
  const names = await readdir(root).catch(() => []);
  const like = named === "" ? [] : names.filter((name) => name.includes(named));
  if (like.length === 1) return findRun(join(root, like[0]!), root);
  throw new MlogError(
    "RUN_NOT_FOUND",
    `there is no run ${describe(named)}, here or in ${describe(root)}${hint(named, names, like)}`,
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

function hint(named: string, names: readonly string[], like: readonly string[]): string {
  const near = like.length > 0 ? like : names.filter((name) => basename(named).includes(name));
  if (near.length > 0) return `; did you mean ${near.slice(0, 5).map(describe).join(" or ")}?`;
  return names.length > 0 ? "; `mlog ls` lists what is there" : "";
}
