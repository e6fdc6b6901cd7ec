import { readFile } from "node:fs/promises";
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { csvDestination } from "./csv-destination.ts";
import { folderUploader } from "./folder-uploader.ts";

const state = new State();
const logger = new Logger(state, [
  csvDestination("metrics.csv"),
  new FileLogger(),
  folderUploader("uploaded"),
]);

for (let batch = 0; batch < 100; batch++) {
  logger.logMetrics({ loss: 1 / (batch + 1), learning_rate: 0.01 });
  state.nextBatch({ samples: 32 });
}
await logger.flush(); // the CSV file is complete from here on
const upload = logger.uploadFile("{run_name}/metrics.csv", "metrics.csv");
console.log("uploaded", await upload.uploaded);
await logger.close();
console.log((await readFile("metrics.csv", "utf8")).split("\n").slice(0, 4).join("\n"));
