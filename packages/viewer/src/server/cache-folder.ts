import { hash } from "node:crypto";
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** An index that nobody has used for so long, in ms, is removed. */
const MAX_UNUSED = 30 * 86_400_000;

/** Where the index of a source is kept. */
export interface CacheFolder {
  readonly path: string;
  /** Lets another viewer use it. */
  release(): Promise<void>;
}

/** The user's folder for what can be made anew. */
export function defaultCacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const home = process.platform === "darwin" ? join(homedir(), "Library/Caches") : join(homedir(), ".cache");
  return join(XDG_CACHE_HOME || LOCALAPPDATA || home, "mlog", "viewer");
}

/**
 * The folder for `sourceId`, below `base`, for one viewer at a time: another one, and one whose `base` is null or cannot
 * be written, gets a temporary folder.
 */
export async function openCacheFolder(base: string | null, sourceId: string): Promise<CacheFolder> {
  if (base === null) return temporaryFolder();
  const path = join(base, hash("sha256", sourceId, "hex").slice(0, 24));
  const lock = join(path, "lock");
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (!(await take(lock))) return await temporaryFolder();
    await utimes(path, new Date(), new Date());
    await removeUnused(base);
  } catch {
    return temporaryFolder();
  }
  return { path, release: () => rm(lock, { force: true }) };
}

async function removeUnused(base: string): Promise<void> {
  const oldest = Date.now() - MAX_UNUSED;
  for (const name of await readdir(base)) {
    // Only what has the name of an index: the folder may be one that the user gave.
    if (!/^[0-9a-f]{24}$/.test(name)) continue;
    const path = join(base, name);
    if ((await stat(path)).mtimeMs < oldest) await rm(path, { recursive: true, force: true });
  }
}

async function temporaryFolder(): Promise<CacheFolder> {
  const path = await mkdtemp(join(tmpdir(), "mlog-viewer-"));
  return { path, release: () => rm(path, { recursive: true, force: true }) };
}

async function take(lock: string): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(lock, "wx", 0o600);
      await file.writeFile(String(process.pid));
      await file.close();
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code !== "EEXIST") throw error;
      if (isAlive(Number(await readFile(lock, "utf8").catch(() => "0")))) return false;
      // Its viewer was killed.
      await rm(lock, { force: true });
    }
  }
  return false;
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM";
  }
}
