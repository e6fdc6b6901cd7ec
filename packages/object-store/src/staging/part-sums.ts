import { read } from "node:fs";
import { promisify } from "node:util";
import { CHUNK } from "../object-body.ts";
import { startThread } from "../own-thread.ts";
import { Slots } from "../slots.ts";
import { combineCrc32 } from "./checksums.ts";
import type { StagedFile, StagedPart } from "./staged-upload.ts";
import { type PartedFile, sumPart } from "./sum-part.ts";

/** What a thread that sums up parts is told. */
export interface PartSumsOrder extends PartedFile {
  /** The number of parts that were taken, which all threads share. */
  readonly next: Int32Array<SharedArrayBuffer>;
}

/** What it tells of each. */
export interface PartSum {
  /** 0 and up. */
  readonly index: number;
  readonly part: StagedPart;
}

/** Of one file: they are faster than disks and networks, and each takes some 20 MiB of memory. */
const MOST_THREADS = 2;
/** A thread takes longer to start than to sum up less, in bytes. */
const WORTH_A_THREAD = 32 * 1024 * 1024;
/** The others wait: their threads would only share the processors. A file system that hangs must not hold up all of them. */
const files = new Slots(2);

/**
 * The checksums of an open file that goes in parts, and of its parts: summing up takes longer than sending, so that
 * threads do it.
 *
 * @throws the errors of `node:fs`
 */
export function sumParts(parted: PartedFile): Promise<StagedFile> {
  return files.run(async () => {
    const sums = await sumByThreads(parted);
    const parts: StagedPart[] = [];
    let [size, crc32] = [0, 0];
    for (const [index, sum] of sums.entries()) {
      // The machine may have no thread to give. If the file cannot be read, this is where it is told.
      const part = sum ?? (await sumPartHere(parted, index));
      parts.push(part);
      size += part.size;
      crc32 = combineCrc32(crc32, part.checksums.crc32, part.size);
    }
    // There is no way to put the others together.
    return { size, checksums: { crc32 }, parts };
  });
}

/** The sums of those parts that a thread could sum up. Never rejects. */
async function sumByThreads(parted: PartedFile): Promise<readonly (StagedPart | undefined)[]> {
  const { size, partSize } = parted;
  const sums: (StagedPart | undefined)[] = Array.from({ length: Math.ceil(size / partSize) });
  const threads = Math.min(sums.length, MOST_THREADS, Math.floor(size / WORTH_A_THREAD));
  const next = new Int32Array(new SharedArrayBuffer(4));
  const work = Array.from({ length: threads }, () =>
    runThread({ ...parted, next }, ({ index, part }) => (sums[index] = part)),
  );
  // None may read on when the caller closes the file.
  await Promise.allSettled(work);
  return sums;
}

/** Resolves when the thread has ended, whatever it has summed up. */
function runThread(order: PartSumsOrder, onSum: (sum: PartSum) => void): Promise<void> {
  return new Promise((resolve) => {
    startThread("#part-sums", { name: "mlog checksums", workerData: order })
      .on("message", onSum)
      .on("error", () => undefined)
      .on("exit", () => resolve());
  });
}

const readAt = promisify(read);

function sumPartHere(parted: PartedFile, index: number): Promise<StagedPart> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  return sumPart(parted, index, buffer, async (length, position) => {
    const { bytesRead } = await readAt(parted.file, buffer, 0, length, position);
    return bytesRead;
  });
}
