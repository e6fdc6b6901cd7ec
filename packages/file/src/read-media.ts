import { hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, MlogError } from "@mlog/core";
import type { MediaReference } from "./record.ts";
import { findLogs } from "./run-files.ts";

/** The names that files of a log may have: no record can point elsewhere. */
const NAME = /^media\/([0-9a-f]{64})\.(?:png|webp)$/;

/**
 * The file of a picture or a mask, as a record refers to it: PNG, or WebP. Its size and content are
 * those that were logged.
 *
 * @param path what `readRun` was given: the log, or the folder of its run
 * @throws MlogError `MEDIA_MISSING` if the file is not there or was never stored; `MEDIA_DAMAGED` if it has
 * another size or content, or the reference does not name a file of a log; `LOG_NOT_FOUND`; the errors of
 * `node:fs`
 */
export async function readMedia(path: string | URL, reference: MediaReference): Promise<Uint8Array> {
  const { file, size, sha256 } = reference;
  if (file === null) {
    throw new MlogError(
      "MEDIA_MISSING",
      "the picture was logged where nothing could encode it, so it has no file",
    );
  }
  const named = typeof file === "string" ? NAME.exec(file) : null;
  if (named === null || named[1] !== sha256) {
    throw damaged(
      file,
      `such a file is named media/<sha256>.png or .webp, with the sha256 ${describe(sha256)}`,
    );
  }
  const logs = await findLogs(path instanceof URL ? fileURLToPath(path) : path);
  const folders = new Set(logs.flatMap(({ parts }) => parts.map((part) => dirname(part.path))));
  for (const folder of folders) {
    const handle = await openFile(join(folder, file));
    if (handle !== undefined) return readVerified(handle, file, size, sha256);
  }
  throw new MlogError("MEDIA_MISSING", `${file} is not in ${[...folders].map(describe).join(" or ")}`);
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

async function readVerified(
  handle: FileHandle,
  file: string,
  size: number | null,
  sha256: string,
): Promise<Uint8Array> {
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw damaged(file, "it is no file");
    // Before it is read, since it may have any size.
    if (found.size !== size) throw damaged(file, `it has ${found.size} bytes, and ${size} were logged`);
    const bytes = await handle.readFile();
    const actual = hash("sha256", bytes, "hex");
    if (actual !== sha256) throw damaged(file, `its content has the sha256 ${actual}`);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } finally {
    await handle.close();
  }
}

function damaged(file: unknown, problem: string): MlogError {
  return new MlogError("MEDIA_DAMAGED", `${describe(file)} is not what was logged: ${problem}`);
}
