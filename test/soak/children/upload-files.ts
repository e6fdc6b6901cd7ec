/**
 * Uploads files to a `parted-store.ts` and closes its logger, which finishes what processes before it
 * left. `ready`: the logger takes files. `flushed`: file `n` is staged.
 */
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { ObjectStoreLogger } from "@mlog/object-store";
import { acknowledge } from "../acknowledgement.ts";
import { childInput } from "../child.ts";
import type { PartedStoreOptions } from "./parted-store.ts";

export interface Input {
  readonly store: PartedStoreOptions;
  readonly stagingFolder: string;
  /** Where the files `<n>` are. */
  readonly sources: string;
  readonly from: number;
  readonly to: number;
}

const { store, stagingFolder, sources, from, to } = childInput<Input>();
const destination = new ObjectStoreLogger({
  store: { module: new URL("./parted-store.ts", import.meta.url).href, options: store },
  stagingFolder,
  concurrency: 4,
});
const logger = new Logger(new State({ runName: "soak" }), destination);
await logger.ready;
acknowledge("ready");
for (let n = from; n < to; n++) {
  const upload = logger.uploadFile(`files/${n}`, join(sources, String(n % 50)), { overwrite: n % 2 === 0 });
  void upload.staged.then(() => acknowledge("flushed", n));
}
await logger.flush();
await logger.close({ timeout: 60_000 });
