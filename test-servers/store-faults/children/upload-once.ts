/** Uploads one file when it is told to, and says what became of it: its id, or the code of the error. */
import { once } from "node:events";
import { Logger, State } from "@mlog/core";
import { ObjectStoreLogger, type StoreModule } from "@mlog/object-store";

const [name, path, stagingFolder, store] = process.argv.slice(2) as [string, string, string, string];
const destination = new ObjectStoreLogger({
  store: JSON.parse(store) as StoreModule,
  stagingFolder,
  checkAtStart: false,
});
const logger = new Logger(new State({ runName: "race" }), destination, { onError: () => undefined });
await logger.ready;
console.log("ready");
await once(process.stdin, "data");
const outcome = await logger.uploadFile(name, path).uploaded.then(
  () => "uploaded",
  (error: { readonly code: string; readonly message: string }) => `${error.code} ${error.message}`,
);
console.log(outcome);
await logger.close().catch(() => undefined);
process.stdin.destroy();
