import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";

const MIB = 1024 * 1024;

/** A folder with one file of random bytes; `size` in MiB. Returns the folder. */
export async function makeLargeFile(parent: string, size: number): Promise<string> {
  const folder = join(parent, "large");
  mkdirSync(folder);
  const bytes = randomBytes(MIB);
  const file = await open(join(folder, "checkpoint.pt"), "w");
  for (let i = 0; i < size; i++) await file.write(bytes);
  await file.close();
  return folder;
}

/** A folder with many files of 4 KiB. Returns the folder. */
export function makeSmallFiles(parent: string, count: number): string {
  const folder = join(parent, "small");
  mkdirSync(folder);
  for (let i = 0; i < count; i++) writeFileSync(join(folder, `${i}.bin`), randomBytes(4096));
  return folder;
}
