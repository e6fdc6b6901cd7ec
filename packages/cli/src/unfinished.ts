import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, MlogError } from "@mlog/core";
import { loadPeer } from "./load-peer.ts";

/** What a process left behind: a run of W&B, or files on their way to a store. */
export interface Unfinished {
  readonly kind: "wandb" | "store";
  readonly folder: string;
  /** Where it goes, if that is known before it is opened. */
  readonly uri: string | null;
}

/** What became of it. `error` is null if all of it has arrived. */
export type Finished = Unfinished & { readonly error: string | null; readonly text: string };

/** How deep folders are looked through. */
const DEPTH = 6;

interface StorePackage {
  findUploads(folder: string): Promise<readonly { readonly folder: string; readonly uri: string }[]>;
  finishUploads(
    folder: string,
    store: unknown,
    options: { onError(error: Error): void },
  ): Promise<{ readonly uploaded: number; readonly failed: number; readonly pending: number }>;
  folderStore(folder: string): unknown;
}

/**
 * What is left to upload, at and below `folder`. Links are not followed.
 *
 * @throws MlogError `FOLDER_NOT_FOUND`, `PACKAGE_MISSING`
 */
export async function* findUnfinished(
  folder: string,
  depth: number = DEPTH,
): AsyncGenerator<Unfinished, void, void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new MlogError("FOLDER_NOT_FOUND", `there is no folder ${describe(folder)}`);
  }
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  if (isRunOfWandB(basename(resolve(folder)), files)) {
    yield { kind: "wandb", folder, uri: null };
    return;
  }
  if (files.includes("store.json")) {
    const { findUploads } = await loadStores();
    for (const { uri, folder: waiting } of await findUploads(folder)) {
      yield { kind: "store", folder: waiting, uri };
    }
    return;
  }
  if (depth === 0) return;
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === "node_modules" || entry.name === ".git") continue;
    yield* findUnfinished(join(folder, entry.name), depth - 1);
  }
}

/** Uploads the rest, and says what went wrong instead of throwing: the next one shall have its turn. */
export async function finish(unfinished: Unfinished, note: (text: string) => void): Promise<Finished> {
  const errors: string[] = [];
  // Told at once, since what cannot be reached is tried again for as long as it takes.
  const onError = (error: Error): void => {
    errors.push(error.message);
    note(error.message);
  };
  try {
    const text = await (unfinished.kind === "wandb"
      ? finishWandB(unfinished.folder, onError)
      : finishStore(unfinished.folder, unfinished.uri!, onError));
    return { ...unfinished, text, error: errors.length === 0 ? null : errors.join("; ") };
  } catch (error) {
    return { ...unfinished, text: "", error: error instanceof Error ? error.message : String(error) };
  }
}

async function finishWandB(folder: string, onError: (error: Error) => void): Promise<string> {
  const { uploadRun } = await loadPeer<{
    uploadRun(
      folder: string,
      options: { onError(error: Error): void },
    ): Promise<{ readonly url: string; readonly complete: boolean; readonly alreadySent: boolean }>;
  }>("@mlog/wandb", "mlog upload of a run of W&B");
  const { url, complete, alreadySent } = await uploadRun(folder, { onError });
  if (!complete && !alreadySent) onError(new Error("not everything has arrived"));
  return alreadySent ? `had arrived before: ${url}` : url;
}

async function finishStore(folder: string, uri: string, onError: (error: Error) => void): Promise<string> {
  const { finishUploads, folderStore } = await loadStores();
  const store = await openStore(uri, folderStore);
  const { uploaded, failed, pending } = await finishUploads(folder, store, { onError });
  if (failed + pending > 0) onError(new Error(`${failed} files failed and ${pending} wait`));
  return `${uploaded} files to ${uri}`;
}

function loadStores(): Promise<StorePackage> {
  return loadPeer<StorePackage>("@mlog/object-store", "mlog upload of staged files");
}

/** The store at a URI; credentials come from the environment. */
async function openStore(uri: string, folderStore: StorePackage["folderStore"]): Promise<unknown> {
  if (uri.startsWith("file://")) return folderStore(fileURLToPath(uri));
  if (uri.startsWith("s3://")) {
    const { s3Store } = await loadPeer<{ s3Store(uri: string): unknown }>("@mlog/s3", "mlog upload to S3");
    return s3Store(uri.replace(/\/$/, ""));
  }
  const { azureStore } = await loadPeer<{ azureStore(uri: string): unknown }>(
    "@mlog/azure",
    "mlog upload to Azure",
  );
  return azureStore(uri.replace(/\/$/, ""));
}

function isRunOfWandB(folder: string, files: readonly string[]): boolean {
  return (
    /^(offline-)?run-/.test(folder) && files.some((name) => /^run-.+\.(?:wandb|capture\.jsonl)$/.test(name))
  );
}
