import { readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { CHUNK } from "../object-body.ts";
import type { PartSum, PartSumsOrder } from "./part-sums.ts";
import { sumPart } from "./sum-part.ts";

const order = workerData as PartSumsOrder;
const { file, size, partSize, next } = order;
const port = parentPort!;
const buffer = Buffer.allocUnsafeSlow(CHUNK);
const readBytes = (length: number, position: number): number => readSync(file, buffer, 0, length, position);

for (let index = take(); index * partSize < size; index = take()) {
  const part = await sumPart(order, index, buffer, readBytes);
  port.postMessage({ index, part } satisfies PartSum);
}

/** The first part that nobody has taken yet. */
function take(): number {
  return Atomics.add(next, 0, 1);
}
