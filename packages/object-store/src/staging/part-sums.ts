import { availableParallelism } from "node:os";
import type { ChecksumAlgorithm } from "../object-body.ts";
import { startThread } from "../own-thread.ts";
import { Slots } from "../slots.ts";
import { combineCrc32 } from "./checksums.ts";
import type { StagedFile, StagedPart } from "./staged-upload.ts";

/** What a thread that sums up parts is told. */
export interface PartSumsOrder {
  /** The descriptor of the open file. */
  readonly file: number;
  /** Of the file, in bytes. */
  readonly size: number;
  /** In bytes. */
  readonly partSize: number;
  readonly algorithm: ChecksumAlgorithm;
  /** The number of parts that were taken, which all threads share. */
  readonly next: Int32Array<SharedArrayBuffer>;
}

/** What it tells of each. A part that is too short is one of a file that has shrunk. */
export interface PartSum {
  /** 0 and up. */
  readonly index: number;
  readonly part: StagedPart;
}

/** More would take the processors from everybody else. */
const MOST_THREADS = 4;
/** The others wait: their threads would only share the processors. A file system that hangs must not hold up all of them. */
const files = new Slots(2);

/**
 * The checksums of an open file that goes in parts, and of its parts: summing up takes longer than sending, so that several
 * threads do it.
 *
 * @throws the errors of `node:fs`
 */
export function sumParts(order: Omit<PartSumsOrder, "next">): Promise<StagedFile> {
  return files.run(() => runThreads(order));
}

async function runThreads(order: Omit<PartSumsOrder, "next">): Promise<StagedFile> {
  const count = Math.ceil(order.size / order.partSize);
  const parts: StagedPart[] = Array.from({ length: count });
  const next = new Int32Array(new SharedArrayBuffer(4));
  const threads = Math.min(count, availableParallelism(), MOST_THREADS);
  const work = Array.from({ length: threads }, () =>
    runThread({ ...order, next }, ({ index, part }) => (parts[index] = part)),
  );
  // None may read on when the caller closes the file.
  for (const result of await Promise.allSettled(work)) if (result.status === "rejected") throw result.reason;
  let [size, crc32] = [0, 0];
  for (const part of parts) {
    size += part.size;
    crc32 = combineCrc32(crc32, part.checksums.crc32, part.size);
  }
  // There is no way to put the others together.
  return { size, checksums: { crc32 }, parts };
}

async function runThread(order: PartSumsOrder, onSum: (sum: PartSum) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  startThread("#part-sums", { name: "mlog checksums", workerData: order })
    .on("message", onSum)
    .on("error", reject)
    .on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the thread ended with ${code}`))));
  await promise;
}
