import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { BLOCK_BYTES, type OpenContender, recordOf } from "./contender.ts";

/** What one writes without a library: `JSON.stringify`, gathered, written per 64 KiB. */
export const open: OpenContender = (folder) => {
  const path = join(folder, "json.jsonl");
  const fd = openSync(path, "w");
  let text = "";
  const flush = (): Promise<void> => {
    writeSync(fd, text);
    text = "";
    return Promise.resolve();
  };
  return {
    path,
    log(metrics, step) {
      text += `${JSON.stringify(recordOf(metrics, step, Date.now()))}\n`;
      if (text.length < BLOCK_BYTES) return;
      writeSync(fd, text);
      text = "";
    },
    nextBatch: () => {},
    flush,
    async close() {
      await flush();
      closeSync(fd);
    },
  };
};
