import { constants, copyFileSync, mkdirSync, statSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { RunFolder } from "./run-folder.ts";

/** Up to this size a copy is made at once, in bytes: it takes a few ms. */
const AT_ONCE = 4 * 1024 * 1024;

/** A copy of a file that its owner may change or delete. */
export interface Staged {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Undefined: it is made. */
  readonly made: Promise<void> | undefined;
}

/** Copies a file into the folder of a run, sharing its blocks where the file system can; throws what `node:fs` throws. */
export function stageFile(folder: RunFolder, id: number, source: string): Staged {
  const { size } = statSync(source);
  const directory = join(folder.staged, String(id));
  mkdirSync(directory, { recursive: true });
  const path = join(directory, basename(source));
  if (size > AT_ONCE) return { path, size, made: copyFile(source, path, constants.COPYFILE_FICLONE) };
  copyFileSync(source, path, constants.COPYFILE_FICLONE);
  return { path, size, made: undefined };
}
