import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { createEncoder } from "./encoders.ts";
import { realFiles, type FileFunctions } from "./file-functions.ts";
import { Ring } from "./ring.ts";
import { WorkerLoop } from "./worker-loop.ts";
import type { HugeRecord, WorkerMessage, WorkerStart } from "./worker-protocol.ts";

const port = parentPort!;
const start = workerData as WorkerStart;
const ring = new Ring(start.memory);
const replaced =
  start.filesModule === undefined ? {} : ((await import(start.filesModule)) as Partial<FileFunctions>);

let huge: HugeRecord | undefined;

new WorkerLoop(ring, {
  encoder: createEncoder(start.rows, ring),
  files: { ...realFiles, ...replaced },
  fd: start.fd,
  bytes: start.bytes,
  newIn: start.newIn,
  syncAlways: start.syncAlways,
  huge(position) {
    while (huge?.position !== position) huge = receiveMessageOnPort(port)!.message as HugeRecord;
    return new Uint8Array(huge.record);
  },
  hugeWritten() {
    huge = undefined;
  },
  say(message: WorkerMessage) {
    port.postMessage(message);
  },
}).run();
