import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** One log of a run: a file, or its segments in order. */
export interface LogFile {
  readonly rank: number;
  readonly parts: readonly string[];
}

const RANK_FOLDER = /^rank=(\d+)$/;
const SEGMENT = /^part-\d+\.jsonl$/;

/** The logs of a run folder, or the log itself; none if the folder is none of a run. Links are left out. */
export async function logFilesOf(path: string): Promise<LogFile[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  if (!found.isDirectory()) return [{ rank: rankOf(basename(path)), parts: [path] }];
  const logs = await logFilesIn(path, 0);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const rank = entry.isDirectory() ? RANK_FOLDER.exec(entry.name)?.[1] : undefined;
    if (rank !== undefined) logs.push(...(await logFilesIn(join(path, entry.name), Number(rank))));
  }
  return logs.sort((a, b) => a.rank - b.rank);
}

async function logFilesIn(folder: string, rank: number): Promise<LogFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".jsonl"))
    .map(({ name }) => name)
    .sort();
  const logs = names
    .filter((name) => !SEGMENT.test(name))
    .map((name) => ({ rank: rankOf(name), parts: [join(folder, name)] }));
  const segments = names.filter((name) => SEGMENT.test(name)).map((name) => join(folder, name));
  return segments.length === 0 ? logs : [...logs, { rank, parts: segments }];
}

function rankOf(name: string): number {
  return Number(/rank=?(\d+)/.exec(name)?.[1] ?? 0);
}

/** The folder of a run, whose log or folder `path` is. */
export async function folderOf(path: string): Promise<string> {
  return (await stat(path)).isDirectory() ? path : dirname(path);
}

/** Folders that hold no run of their own. */
const PART_OF_RUN = /^\.|^node_modules$|^rank=\d+$|^media$|\.segments$/;

/** How deep runs may be below the folder that is listed. */
const DEPTH = 6;

/** All folders below `root` that hold logs, `root` itself too; links are not followed. */
export async function* findRunFolders(
  root: string,
  depth: number = DEPTH,
): AsyncGenerator<string, void, void> {
  if ((await logFilesOf(root)).length > 0) yield root;
  if (depth === 0) return;
  const entries = await readdir(root, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory() && !PART_OF_RUN.test(entry.name))
      yield* findRunFolders(join(root, entry.name), depth - 1);
  }
}
