import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/**
 * Reads a small file while the thread waits: handing each step to another thread takes longer than the steps.
 *
 * @returns undefined if the file is larger, or anything else is out of the ordinary
 */
export function readSmallFile(path: string, mostBytes: number): Buffer | undefined {
  let file: number | undefined;
  try {
    // A pipe would otherwise wait for somebody who writes to it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const before = fstatSync(file, { bigint: true });
    const size = Number(before.size);
    if (!before.isFile() || size > mostBytes) return undefined;
    const bytes = Buffer.allocUnsafeSlow(size);
    if (readSync(file, bytes, 0, size, 0) < size) return undefined;
    const after = fstatSync(file, { bigint: true });
    const isUntouched =
      after.size === before.size && after.mtimeNs === before.mtimeNs && after.ctimeNs === before.ctimeNs;
    return isUntouched ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
