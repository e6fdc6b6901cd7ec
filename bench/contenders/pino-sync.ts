import { once } from "node:events";
import { join } from "node:path";
import { pino } from "pino";
import { type Contender, flatRecordOf, type OpenContender, type ToRecord } from "./contender.ts";

/** pino on the calling thread, which gathers 4 KiB before it writes; flat records, as its users write them. */
export const open: OpenContender = (folder) => openPinoSync(folder, flatRecordOf);

export function openPinoSync(folder: string, toRecord: ToRecord): Contender {
  const path = join(folder, "pino-sync.jsonl");
  const destination = pino.destination({ dest: path, sync: true, minLength: 4096 });
  const logger = pino({ base: null, timestamp: false }, destination);
  return {
    path,
    log: (metrics, step) => logger.info(toRecord(metrics, step, Date.now())),
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
