import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { StoreModule } from "./store-module.ts";

/** A store in a folder, such as one that the network brings, that the uploading thread opens by itself. */
export function folderStore(folder: string): StoreModule {
  const path = createRequire(import.meta.url).resolve("#folder-store");
  return { module: pathToFileURL(path).href, options: { folder: resolve(folder) } };
}
