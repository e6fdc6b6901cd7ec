import { constants } from "node:fs";
import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { describe, MlogError } from "@mlog/core";
import type { FileSource, SourceFile } from "./file-source.ts";

/** Folders deeper than this are not looked into. */
const MAX_DEPTH = 8;
/** Looks at the disk are cheap, and never closer together than this, in ms. */
const MAX_AGE = 500;

/** Runs in a folder. Nothing outside of it is read, wherever links point. */
export class FolderSource implements FileSource {
  readonly id: string;
  readonly label: string;
  readonly maxAge: number = MAX_AGE;
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
    this.id = `folder ${root}`;
    this.label = root;
  }

  /** @throws MlogError `FOLDER_NOT_FOUND` */
  static async open(folder: string): Promise<FolderSource> {
    const root = await realpath(folder).catch(() => undefined);
    if (root === undefined || !(await stat(root)).isDirectory()) {
      throw new MlogError("FOLDER_NOT_FOUND", `there is no folder ${describe(folder)} with runs in it`);
    }
    return new FolderSource(root);
  }

  async logs(refuse: (path: string, reason: string) => void): Promise<SourceFile[]> {
    const found: SourceFile[] = [];
    await this.#walk("", 0, found, Infinity, {
      takes: (name) => name.endsWith(".jsonl"),
      enters: (name) => name !== "media" && !name.endsWith(".segments") && !name.startsWith("."),
      refuse,
    });
    return found;
  }

  async files(folder: string, limit: number): Promise<SourceFile[]> {
    const found: SourceFile[] = [];
    await this.#walk(folder, 0, found, limit, { takes: () => true, enters: () => true, refuse: () => {} });
    return found;
  }

  async read(path: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const file = await this.#open(path);
    try {
      const { size } = await file.stat();
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await file.close();
    }
  }

  async #open(path: string): Promise<FileHandle> {
    const real = await this.#inside(path);
    // Not blocked by a pipe, and not led away by a link that was put there since.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const file = real === undefined ? undefined : await open(real, flags).catch(() => undefined);
    if (file !== undefined && (await file.stat()).isFile()) return file;
    await file?.close();
    throw new MlogError("FILE_NOT_FOUND", `there is no file ${describe(path)}`);
  }

  /** Where a path leads to, if that is within the folder. */
  async #inside(path: string): Promise<string | undefined> {
    if (path.includes("\0") || path.split(/[/\\]/).includes("..")) return undefined;
    const real = await realpath(join(this.#root, path)).catch(() => undefined);
    const isInside =
      real === this.#root || real?.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep);
    return isInside === true ? real : undefined;
  }

  async #walk(folder: string, depth: number, found: SourceFile[], limit: number, look: Look): Promise<void> {
    const real = await this.#inside(folder);
    if (real === undefined) return;
    const entries = await readdir(real, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (found.length >= limit) return;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      let isFolder = entry.isDirectory();
      let target: string | undefined = join(real, entry.name);
      if (entry.isSymbolicLink()) {
        target = await this.#inside(path);
        if (target === undefined) {
          look.refuse(path, "it is a link that leads out of the folder, or nowhere");
          continue;
        }
        // A folder that is linked to is there under its own name too, and a link may lead in a circle.
        if ((await stat(target)).isDirectory()) continue;
        isFolder = false;
      }
      if (isFolder) {
        if (depth < MAX_DEPTH && look.enters(entry.name))
          await this.#walk(path, depth + 1, found, limit, look);
      } else if (look.takes(entry.name)) {
        const about = await stat(target).catch(() => undefined);
        if (about?.isFile()) {
          found.push({
            path,
            size: about.size,
            modified: about.mtimeMs,
            identity: `${about.dev} ${about.ino}`,
          });
        }
      }
    }
  }
}

interface Look {
  takes: (name: string) => boolean;
  enters: (name: string) => boolean;
  refuse: (path: string, reason: string) => void;
}
