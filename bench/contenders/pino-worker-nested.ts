import { type OpenContender, recordOf } from "./contender.ts";
import { openPinoWorker } from "./pino-worker.ts";

/** The metrics in an object of their own, which pino hands to `JSON.stringify` as a whole. */
export const open: OpenContender = (folder) => openPinoWorker(folder, recordOf);
