import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { type OpenContender, recordOf } from "./contender.ts";

/** pino's transport in a worker: the calling thread makes the text, the worker writes it. */
export const open: OpenContender = async (folder) => {
  const path = join(folder, "pino-worker.jsonl");
  const transport = pino.transport({ target: "pino/file", options: { destination: path } });
  await once(transport, "ready");
  const logger = pino({ base: null, timestamp: false }, transport);
  return {
    path,
    log: (metrics, step) => logger.info(recordOf(metrics, step, Date.now())),
    nextBatch: () => {},
    flush: promisify((done: (error?: Error) => void) => logger.flush(done)),
    async close() {
      transport.end();
      await once(transport, "close");
    },
  };
};
