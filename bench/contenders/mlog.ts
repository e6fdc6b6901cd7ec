import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isMlogError, Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import type { OpenContender } from "./contender.ts";

/** mlog as its README shows it: every option but the folder at its default. */
export const open: OpenContender = async (folder) => {
  const state = new State({ runName: "bench" });
  const logger = new Logger(state, new FileLogger({ root: folder }));
  await logger.ready;
  const [file] = readdirSync(join(folder, "bench")).filter((name) => name.endsWith(".jsonl"));
  return {
    path: join(folder, "bench", file ?? "missing"),
    log: (metrics) => logger.logMetrics(metrics),
    nextBatch: () => state.nextBatch({ samples: 32 }),
    flush: () => logger.flush(),
    async close() {
      await logger.close().catch((error: unknown) => {
        // Lost records are counted in the file, where they are missing.
        if (!isMlogError(error, "NOT_SAFE")) throw error;
      });
    },
  };
};
