import { setImmediate, setTimeout } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { printFigures, readParameters } from "../harness/measure.ts";
import { EncodingDestination } from "./destination.ts";
import { natural } from "./pictures.ts";

export interface Parameters {
  readonly dtype: "uint8" | "float32";
  /** Whether the event loop gets a turn after each picture. */
  readonly yields: boolean;
  readonly pictures: number;
}

const MIB = 2 ** 20;
const SAMPLE_EVERY = 10;

const { dtype, yields, pictures } = readParameters<Parameters>();
const { bytes, size } = natural(1, 1000);
const data = dtype === "uint8" ? bytes : Float32Array.from(bytes, (value) => value / 255);
const picture = { data, shape: [size, size, 3] };
const destination = new EncodingDestination();
const logger = new Logger(new State({ runName: "bench" }), destination);

logger.logImages(picture, { channelsLast: true });
await logger.flush();
globalThis.gc?.();
await setTimeout(100);
const before = process.memoryUsage.rss();
let mostPending = 0;
let most = before;
const start = performance.now();
for (let i = 0; i < pictures; i++) {
  logger.logImages(picture, { channelsLast: true });
  if (i % SAMPLE_EVERY === 0) sample();
  if (yields) await setImmediate();
}
const looped = performance.now() - start;
const timer = setInterval(sample, 5);
await logger.flush();
clearInterval(timer);
const { encoded, refused } = destination.encoder.stats();
if (encoded - 1 + refused !== pictures || refused !== destination.refused) {
  throw new Error(`${pictures} pictures, but ${encoded - 1} encoded and ${refused} refused`);
}
printFigures({
  encoded: encoded - 1,
  refused,
  pending: mostPending / MIB,
  rss: (most - before) / MIB,
  ms: looped / pictures,
  delivered: performance.now() - start,
});
process.exit();

function sample(): void {
  mostPending = Math.max(mostPending, destination.encoder.stats().pendingBytes);
  most = Math.max(most, process.memoryUsage.rss());
}
