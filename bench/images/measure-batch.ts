import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { printFigures, readParameters } from "../harness/measure.ts";
import { quantile } from "../harness/statistics.ts";
import { EncodingDestination } from "./destination.ts";
import { encodeBare } from "./encode-bare.ts";
import { floatBatch, natural } from "./pictures.ts";

export interface Parameters {
  readonly contender: "loop" | "sharp" | "mlog";
  readonly batches: number;
}

const WARM_UP_BATCHES = 3;
const IDLE_MS = 50;

const { contender, batches } = readParameters<Parameters>();
const pictures = Array.from({ length: 64 }, (_, seed) => natural(seed));
const batch = floatBatch(pictures);
const run = { loop, sharp: () => encodeBare(pictures), mlog: logger() }[contender];

for (let i = 0; i < WARM_UP_BATCHES; i++) await run();
const wall: number[] = [];
const busy: number[] = [];
const call: number[] = [];
const cpu: number[] = [];
const delay = monitorEventLoopDelay({ resolution: 1 });
for (let i = 0; i < batches; i++) {
  globalThis.gc?.();
  await setTimeout(IDLE_MS);
  // Watching the delay wakes the event loop every millisecond, which would count as its work.
  const isWatched = i % 2 === 1;
  if (isWatched) delay.enable();
  const thread = process.threadCpuUsage();
  const all = process.cpuUsage();
  const start = performance.now();
  const done = run();
  call.push(performance.now() - start);
  await done;
  wall.push(performance.now() - start);
  if (!isWatched) busy.push(milliseconds(process.threadCpuUsage(thread)));
  cpu.push(milliseconds(process.cpuUsage(all)));
  delay.disable();
}
printFigures({
  wall: quantile(wall, 0.5),
  busy: quantile(busy, 0.5),
  call: quantile(call, 0.5),
  cpu: quantile(cpu, 0.5),
  delayP99: delay.percentile(99) / 1e6,
  delayMax: delay.max / 1e6,
});
process.exit();

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e3;
}

/** The least that a conversion on the calling thread has to do, knowing that values are from 0 to 1. */
function loop(): Promise<void> {
  const [count = 0, channels = 0, height = 0, width = 0] = batch.shape;
  const plane = height * width;
  for (let index = 0; index < count; index++) {
    const bytes = new Uint8Array(plane * channels);
    for (let channel = 0; channel < channels; channel++) {
      let from = (index * channels + channel) * plane;
      for (let to = channel; to < bytes.length; to += channels) {
        const value = batch.data[from++]! * 255;
        bytes[to] = value >= 255 ? 255 : value > 0 ? value : 0;
      }
    }
  }
  return Promise.resolve();
}

function logger(): () => Promise<void> {
  const state = new State({ runName: "bench" });
  const log = new Logger(state, new EncodingDestination());
  return () => {
    log.logImages(batch);
    return log.flush();
  };
}
