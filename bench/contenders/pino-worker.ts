import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { type Contender, flatRecordOf, type OpenContender, type ToRecord } from "./contender.ts";

/** pino's transport in a worker: the calling thread makes the text, the worker writes it; flat records. */
export const open: OpenContender = (folder) => openPinoWorker(folder, flatRecordOf);

export async function openPinoWorker(folder: string, toRecord: ToRecord): Promise<Contender> {
  const path = join(folder, "pino-worker.jsonl");
  const transport = pino.transport({ target: "pino/file", options: { destination: path } });
  await once(transport, "ready");
  const logger = pino({ base: null, timestamp: false }, transport);
  return {
    path,
    log: (metrics, step) => logger.info(toRecord(metrics, step, Date.now())),
    nextBatch: () => {},
    flush: promisify((done: (error?: Error) => void) => logger.flush(done)),
    async close() {
      transport.end();
      await once(transport, "close");
    },
  };
}
