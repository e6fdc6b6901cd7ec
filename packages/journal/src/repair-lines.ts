import { realFiles, type FileFunctions } from "./file-functions.ts";

const NEWLINE = 10;
const BLOCK = 65_536;

/** What {@link repairLines} found, in bytes. */
export interface Repair {
  /** The size of the file now: it ends with a newline, or is empty. */
  readonly bytes: number;
  /** How much was cut off its end. */
  readonly cut: number;
}

/**
 * Cuts an incomplete last line, as a killed process or a power loss leaves it, off a file of lines.
 * Reads backwards from the end, so its cost is that of the incomplete line.
 * @throws the error of `node:fs` if the file is missing or cannot be read or written
 */
export function repairLines(path: string): Repair {
  const fd = realFiles.openSync(path, "r+");
  try {
    return repairOpenFile(fd, realFiles);
  } finally {
    realFiles.closeSync(fd);
  }
}

/** {@link repairLines} for a file that is open for reading and writing. */
export function repairOpenFile(fd: number, files: FileFunctions): Repair {
  const size = files.fstatSync(fd).size;
  const bytes = endOfLastLine(fd, size, files);
  if (bytes < size) files.ftruncateSync(fd, bytes);
  return { bytes, cut: size - bytes };
}

function endOfLastLine(fd: number, size: number, files: FileFunctions): number {
  const block = Buffer.allocUnsafe(Math.min(BLOCK, size));
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - block.length);
    let filled = 0;
    while (filled < end - start) {
      const read = files.readSync(fd, block, filled, end - start - filled, start + filled);
      if (read === 0) break;
      filled += read;
    }
    const newline = block.subarray(0, filled).lastIndexOf(NEWLINE);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}
