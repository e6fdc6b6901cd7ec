import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Bench } from "../bench.ts";
import { check, failureOf } from "../check.ts";
import type { Rule } from "../rule.ts";
import type { Kind } from "../subject.ts";

const CALL_BYTES = 64 * 1024;
const NAMES = 500;

/** What one call of about {@link CALL_BYTES} bytes is, for kinds that can be that large. */
const largeCalls = {
  trace: ({ logger }: Bench, index: number): number => {
    logger.logTraces({ dump: largeText(index) });
    return CALL_BYTES;
  },
  table: ({ logger }: Bench, index: number): number => {
    logger.logTable(["dump"], [[largeText(index)]]);
    return CALL_BYTES;
  },
  hyperparameter: ({ logger }: Bench, index: number): number => {
    logger.logHyperparameters({ dump: largeText(index) });
    return CALL_BYTES;
  },
  metric: ({ logger }: Bench, index: number): number => {
    logger.logMetrics(Object.fromEntries(Array.from({ length: NAMES }, (_, i) => [`m${i}`, index + i])));
    return NAMES * 8;
  },
};

export const boundedMemory: readonly Rule[] = [
  {
    group: "boundedMemory",
    name: "bounds its memory while the sink hangs",
    appliesTo: ({ keeps, sinks }) => sinks.includes("hangs") && largestKind(keeps) !== undefined,
    async check({ open, settings }) {
      const log = largeCalls[largestKind(settings.keeps)!];
      const bench = await open({ sink: "hangs", record: false });
      const before = await usedMemory();
      for (let bytes = 0, calls = 0; bytes < 3 * settings.memory; calls++) {
        bytes += log(bench, calls);
        if (calls % 256 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      const grown = (await usedMemory()) - before;
      check(
        grown <= settings.memory,
        `memory grew by ${toMegabytes(grown)} while ${toMegabytes(3 * settings.memory)} were logged to a sink that hangs; ` +
          `${toMegabytes(settings.memory)} are allowed`,
      );
      let deliveries: Awaited<ReturnType<Bench["close"]>> = [];
      const failure = await failureOf(async () => {
        deliveries = await bench.close(100);
      });
      check(
        failure !== undefined || bench.hasConfessed(deliveries),
        "records were dropped to bound memory, and neither report(), close() nor delivery() says so",
      );
    },
  },
];

function largestKind(keeps: readonly Kind[]): keyof typeof largeCalls | undefined {
  return (Object.keys(largeCalls) as (keyof typeof largeCalls)[]).find((kind) => keeps.includes(kind));
}

/** Text that takes its bytes: what `repeat` gives is a promise of text, made when it is first read. */
function largeText(index: number): string {
  return Buffer.alloc(CALL_BYTES, 97 + (index % 26)).toString("latin1");
}

/** Bytes in use once everything that can go has gone. */
async function usedMemory(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let last = Infinity; ;) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    const { heapUsed, external } = process.memoryUsage();
    // What finalizers and other threads free goes a moment after it was collected.
    if (heapUsed + external > last - 128 * 1024) return heapUsed + external;
    last = heapUsed + external;
  }
}

function toMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
