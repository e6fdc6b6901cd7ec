import { join } from "node:path";
import type { OpenContender } from "./contender.ts";
import { openPino } from "./pino-sync.ts";

/** pino as its users write it: the same fields, and the metrics among them in a flat record. */
export const open: OpenContender = (folder) =>
  openPino(join(folder, "pino-flat.jsonl"), (metrics, step) => ({
    v: 1,
    type: "metrics",
    seq: step,
    time: Date.now(),
    step,
    epoch: 0,
    batch: step,
    sample: step,
    token: 0,
    ...metrics,
  }));
