import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { createEncoder } from "./encoders.ts";
import { realFiles, type FileFunctions } from "./file-functions.ts";
import { Ring } from "./ring.ts";
import { WorkerLoop } from "./worker-loop.ts";
import type { WorkerMessage, WorkerStart } from "./worker-protocol.ts";

const port = parentPort!;
const start = workerData as WorkerStart;
const ring = new Ring(start.memory);
const replaced =
  start.filesModule === undefined ? {} : ((await import(start.filesModule)) as Partial<FileFunctions>);

let huge: Uint8Array | undefined;

new WorkerLoop(ring, {
  encoder: createEncoder(start.rows, ring),
  files: { ...realFiles, ...replaced },
  fd: start.fd,
  newIn: start.newIn,
  syncAlways: start.syncAlways,
  huge() {
    // Kept until the loop has written it: a failed write asks again.
    huge ??= new Uint8Array(receiveMessageOnPort(port)!.message as SharedArrayBuffer);
    return huge;
  },
  hugeWritten() {
    huge = undefined;
  },
  say(message: WorkerMessage) {
    port.postMessage(message);
  },
}).run();
