import { parentPort, workerData } from "node:worker_threads";
import { BufferPool } from "./buffer-pool.ts";
import { InvalidMask } from "./class-ids.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { FinishedIds } from "./finished-ids.ts";
import { makeImage, makeMask } from "./make-image.ts";
import { pixelBytes } from "./pixel-bytes.ts";
import { type Answer, END, type Job, type Request, type WorkerStart } from "./protocol.ts";
import { contactSheet, overlay } from "./render.ts";

/** In bytes. The C library never hands out used memory, which would have to be cleared, in pieces of more than 32 MiB. */
const COUNTED_AT_ONCE = 40 * 2 ** 20;

const port = parentPort!;
const { concurrency, ledger, finished } = workerData as WorkerStart;
const finishedIds = new FinishedIds(finished);
const pool = new BufferPool(concurrency);
const waiting: Request[] = [];
let running = 0;
let uncounted = 0;

port.on("message", (message: Request | typeof END) => {
  if (message === END) return port.close();
  waiting.push(message);
  startNext();
});

function startNext(): void {
  while (running < concurrency && waiting.length > 0) {
    running++;
    void serve(waiting.shift()!);
  }
}

async function serve({ id, bytes, job }: Request): Promise<void> {
  const answer = await make(job).then(
    (image): Answer => ({ id, image }),
    (error: unknown): Answer => {
      const code = error instanceof InvalidMask ? "INVALID_MASK" : "IMAGE_ENCODING_FAILED";
      return { id, code, message: error instanceof Error ? error.message : String(error) };
    },
  );
  running--;
  startNext();
  finishedIds.add(id);
  const length = "image" in answer ? answer.image.data.length : 0;
  Atomics.add(ledger, 0, BigInt(length - bytes));
  port.postMessage(answer, "image" in answer ? [answer.image.data.buffer as ArrayBuffer] : []);
  letGo(bytes);
}

async function make(job: Job): Promise<EncodedImage> {
  switch (job.kind) {
    case "image": {
      const { height, width, channels } = job.pixels;
      const buffer = pool.take(height * width * channels);
      const bytes = pixelBytes(job.pixels, job.settings.range, buffer);
      const image = await makeImage({ height, width, channels, bytes }, job.settings);
      pool.give(buffer);
      return image;
    }
    case "mask":
      return makeMask(job.mask);
    case "overlay":
      return makeImage(overlay(job.pixels, job.mask, job.opacity, job.settings.range), job.settings);
    case "contact sheet":
      return makeImage(contactSheet(job.pictures, job.columns, job.settings.range), job.settings);
  }
}

/**
 * V8 collects garbage by the memory it counts, and does not count shared memory: pixels that are done
 * with would pile up by the gigabyte. So as much ordinary memory is dropped, in pieces so large that
 * the system gives them as mere addresses, and nobody touches them.
 */
function letGo(bytes: number): void {
  uncounted += bytes;
  if (uncounted < COUNTED_AT_ONCE) return;
  uncounted = 0;
  void new ArrayBuffer(COUNTED_AT_ONCE);
}
