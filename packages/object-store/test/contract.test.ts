import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { FolderObjectStore, MemoryObjectStore } from "../src/index.ts";
import { objectStoreContract } from "../src/testing/index.ts";

describe("a store in memory", () => {
  objectStoreContract(test, () => new MemoryObjectStore());
});

describe("a store in a folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlog-folder-store-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  objectStoreContract(test, () => new FolderObjectStore({ folder: join(folder, "objects") }), {
    objectsInsideObjects: false,
    conditionalReplace: false,
  });
});
