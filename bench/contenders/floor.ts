import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ROWS } from "../harness/rows.ts";
import { BLOCK_BYTES, type OpenContender, recordOf } from "./contender.ts";

/** What nobody can avoid on one thread: the clock, a copy of ready-made bytes, a write per 64 KiB. */
export const open: OpenContender = (folder, rows) => {
  const path = join(folder, "floor.jsonl");
  const fd = openSync(path, "w");
  const ready = Array.from({ length: ROWS }, (_, i) =>
    Buffer.from(`${JSON.stringify(recordOf(rows(i), 100_000 + i, Date.now()))}\n`),
  );
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let used = 0;
  let time = 0;
  const flush = (): Promise<void> => {
    writeSync(fd, block, 0, used);
    used = 0;
    return Promise.resolve();
  };
  return {
    path,
    log(_metrics, step) {
      time = Date.now();
      const bytes = ready[step & (ROWS - 1)]!;
      if (used + bytes.length > BLOCK_BYTES) {
        writeSync(fd, block, 0, used);
        used = 0;
      }
      block.set(bytes, used);
      used += bytes.length;
    },
    nextBatch: () => {},
    flush,
    async close() {
      await flush();
      closeSync(fd);
      if (time === 0) throw new Error("the clock was not read");
    },
  };
};
