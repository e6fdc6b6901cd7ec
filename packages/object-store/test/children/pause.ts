/** Waits for what has to be tried twice, by a store on the calling thread, with nothing else to do; says when it is done. */
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import {
  findUploads,
  finishUploads,
  MemoryObjectStore,
  ObjectStoreError,
  ObjectStoreLogger,
} from "@mlog/object-store";
import { ChaosObjectStore } from "@mlog/object-store/testing";

const [folder, what] = process.argv.slice(2) as [string, "upload" | "download" | "finish"];
const staging = join(folder, "staging");
const file = join(folder, "a");
/** How many requests fail from now on. */
let failing = 0;
const store = new ChaosObjectStore(new MemoryObjectStore(), () =>
  failing-- > 0 ? new ObjectStoreError("STORE_UNAVAILABLE", "503") : undefined,
);
const destination = new ObjectStoreLogger({ store, stagingFolder: staging, checkAtStart: false });
const logger = new Logger(new State(), destination, { onError: () => undefined });
await logger.ready;
if (what === "finish") {
  failing = Infinity;
  logger.uploadFile("a", file);
  await logger.flush();
  await logger.close({ timeout: 0 });
  failing = 1;
  for (const { folder: left } of await findUploads(staging)) await finishUploads(left, store);
} else {
  failing = what === "upload" ? 1 : 0;
  await logger.uploadFile("a", file).uploaded;
  failing = 1;
  if (what === "download") await logger.downloadFile("a", join(folder, "copy"));
}
console.log("done");
