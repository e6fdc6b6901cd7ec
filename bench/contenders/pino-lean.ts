import { join } from "node:path";
import type { OpenContender } from "./contender.ts";
import { openPino } from "./pino-sync.ts";

/** pino with the least that could pass for a record: the time, the step and the metrics. */
export const open: OpenContender = (folder) =>
  openPino(join(folder, "pino-lean.jsonl"), (metrics, step) => ({ time: Date.now(), step, metrics }));
