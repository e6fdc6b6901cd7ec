import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { describe, MlogError } from "@mlog/core";
import { loadPeer } from "./load-peer.ts";

/** What a process left behind. */
export interface Journal {
  readonly kind: "wandb";
  readonly path: string;
}

/** How deep folders are looked through. */
const DEPTH = 6;

/**
 * The folders that hold something to upload, at and below `folder`. Links are not followed.
 *
 * @throws MlogError `FOLDER_NOT_FOUND`
 */
export async function* findJournals(
  folder: string,
  depth: number = DEPTH,
): AsyncGenerator<Journal, void, void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new MlogError("FOLDER_NOT_FOUND", `there is no folder ${describe(folder)}`);
  }
  const entries = await readdir(folder, { withFileTypes: true });
  const kind = kindOf(
    basename(resolve(folder)),
    entries.filter((entry) => entry.isFile()).map(({ name }) => name),
  );
  if (kind !== undefined) {
    yield { kind, path: folder };
    return;
  }
  if (depth === 0) return;
  for (const entry of entries) {
    if (entry.isDirectory() && entry.name !== "node_modules")
      yield* findJournals(join(folder, entry.name), depth - 1);
  }
}

/** Uploads the rest, and says what went wrong instead of throwing: the next one shall have its turn. */
export async function finish(journal: Journal): Promise<Journal & { readonly error: string | null }> {
  try {
    const { uploadRun } = await loadPeer<{ uploadRun(folder: string): Promise<unknown> }>(
      "@mlog/wandb",
      "mlog upload",
    );
    await uploadRun(journal.path);
    return { ...journal, error: null };
  } catch (error) {
    return { ...journal, error: error instanceof Error ? error.message : String(error) };
  }
}

function kindOf(folder: string, files: readonly string[]): Journal["kind"] | undefined {
  const isRun = /^(offline-)?run-/.test(folder) && files.some((name) => /^run-.*\.wandb$/.test(name));
  return isRun ? "wandb" : undefined;
}
