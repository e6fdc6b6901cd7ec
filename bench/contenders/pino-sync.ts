import { once } from "node:events";
import { join } from "node:path";
import { pino } from "pino";
import type { Metrics } from "../harness/rows.ts";
import { type Contender, type OpenContender, recordOf } from "./contender.ts";

/** pino on the calling thread, which gathers 4 KiB before it writes. */
export const open: OpenContender = (folder) =>
  openPino(join(folder, "pino-sync.jsonl"), (metrics, step) => recordOf(metrics, step, Date.now()));

/** The same, writing what `toRecord` makes of a call. */
export function openPino(path: string, toRecord: (metrics: Metrics, step: number) => object): Contender {
  const destination = pino.destination({ dest: path, sync: true, minLength: 4096 });
  const logger = pino({ base: null, timestamp: false }, destination);
  return {
    path,
    log: (metrics, step) => logger.info(toRecord(metrics, step)),
    nextBatch: () => {},
    async flush() {
      destination.flushSync();
    },
    async close() {
      destination.end();
      await once(destination, "close");
    },
  };
}
