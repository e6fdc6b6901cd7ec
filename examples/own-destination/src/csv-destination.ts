import { type WriteStream, createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { LoggerDestination } from "@mlog/core";

/** A destination of one's own: one CSV line per metric, in some 20 lines. */
export function csvDestination(path: string): LoggerDestination {
  let file: WriteStream;
  return {
    name: "csv",
    specVersion: 1,
    init(run) {
      file = createWriteStream(path);
      file.on("error", (error) => run.report(error));
      file.write("step,metric,value\n");
    },
    logMetrics(metrics, stamp) {
      for (const [name, value] of metrics) file.write(`${stamp.step},${JSON.stringify(name)},${value}\n`);
    },
    async flush() {
      await new Promise<void>((resolve, reject) =>
        file.write("", (error) => (error ? reject(error) : resolve())),
      );
    },
    async close() {
      file.end();
      await finished(file);
    },
  };
}
