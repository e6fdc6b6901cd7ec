import { constants, copyFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type * as promises from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { MemoryObjectStore } from "../src/index.ts";
import { readObject, someBytes } from "../src/testing/expectations.ts";
import { EngineHarness } from "./engine-harness.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const fileSystem = vi.hoisted(() => ({ beforeClone: (): void => undefined, clones: 0 }));

// Few machines have a file system that shares blocks. To whoever asks for that, a copy looks the same.
vi.mock("node:fs/promises", async (load) => {
  const original = await load<typeof promises>();
  const copyFile: typeof promises.copyFile = async (source, target, mode) => {
    if (mode !== constants.COPYFILE_FICLONE_FORCE) return original.copyFile(source, target, mode);
    fileSystem.beforeClone();
    copyFileSync(source, target);
    fileSystem.clones++;
  };
  return { ...original, copyFile };
});

const sizes = [
  ["in one request", 300_000],
  ["in parts", 3_000_000],
] as const;

function setUp(): { inner: MemoryObjectStore; harness: EngineHarness; path: string } {
  const inner = new MemoryObjectStore({ maxPutSize: 1_000_000, minPartSize: 1, maxPartSize: 500_000 });
  return { inner, harness: new EngineHarness(inner), path: join(temporaryFolder(), "checkpoint") };
}

beforeEach(() => {
  fileSystem.beforeClone = (): void => undefined;
  fileSystem.clones = 0;
});

test.for(sizes)("where blocks can be shared, their clone is what arrives, %s", async ([, size]) => {
  const { inner, harness, path } = setUp();
  writeFileSync(path, someBytes(size, 1));
  // Nothing is sent before the engine is open, and everything staged is.
  const opened = harness.engine.open();
  const key = harness.upload("object", { path });
  await harness.engine.flush();
  expect(harness.fate(key)).toEqual({ staged: 1, uploaded: 0, failed: [] });
  rmSync(path);
  await opened;
  await harness.drained();
  expect(fileSystem.clones).toBe(1);
  expect((await readObject(inner, "object")).bytes.equals(someBytes(size, 1))).toBe(true);
  await harness.engine.close();
  expect(readdirSync(harness.staging, { recursive: true })).toHaveLength(2);
});

test.for(sizes)(
  "a clone of another file, which came in place of this one, is not taken, %s",
  async ([, size]) => {
    const { inner, harness, path } = setUp();
    writeFileSync(path, someBytes(size, 1));
    fileSystem.beforeClone = () => {
      writeFileSync(`${path}.other`, someBytes(size, 2));
      renameSync(`${path}.other`, path);
    };
    await harness.engine.open();
    harness.upload("object", { path });
    await harness.drained();
    expect(fileSystem.clones).toBeGreaterThan(0);
    expect((await readObject(inner, "object")).bytes.equals(someBytes(size, 1))).toBe(true);
  },
);
