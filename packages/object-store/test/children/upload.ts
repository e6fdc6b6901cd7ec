/** Uploads files and does what it is told then; writes what it sees to stdout. */
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { folderStore, ObjectStoreLogger } from "@mlog/object-store";

const [folder, then] = process.argv.slice(2) as [string, "close" | "return" | "exit" | "hang"];
const store = folderStore(then === "hang" ? "/dev/null/nowhere" : join(folder, "objects"));
const destination = new ObjectStoreLogger({
  store,
  stagingFolder: join(folder, "staging"),
  checkAtStart: false,
});
const logger = new Logger(new State({ runName: "run" }), destination);
await logger.ready;
for (const name of ["a", "b", "c"]) logger.uploadFile(name, join(folder, name));
if (then === "return") {
  // Nothing waits for the files, and the process ends once they are staged.
} else {
  await logger.flush();
  if (then === "exit") process.exit(0);
  const [delivery] = await logger.close({ timeout: then === "hang" ? 300 : 30_000 });
  console.log(JSON.stringify(delivery));
}
