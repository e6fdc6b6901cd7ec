import { readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { RunningSum } from "./checksums.ts";
import type { PartSum, PartSumsOrder } from "./part-sums.ts";

const CHUNK = 1024 * 1024;

const { file, size, partSize, algorithm, next } = workerData as PartSumsOrder;
const port = parentPort!;
const buffer = Buffer.allocUnsafeSlow(CHUNK);

for (let index = take(); index * partSize < size; index = take()) {
  const sum = await RunningSum.start(algorithm);
  const end = Math.min(size, (index + 1) * partSize);
  for (let at = index * partSize; at < end;) {
    const read = readSync(file, buffer, 0, Math.min(CHUNK, end - at), at);
    // It has shrunk.
    if (read === 0) break;
    sum.add(buffer.subarray(0, read));
    at += read;
  }
  port.postMessage({ index, part: sum.result() } satisfies PartSum);
}

/** The first part that nobody has taken yet. */
function take(): number {
  return Atomics.add(next, 0, 1);
}
