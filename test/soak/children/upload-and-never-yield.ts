/**
 * Hands over files in a loop that never gives its event loop a turn, and then closes its logger. `memory`:
 * how long the longest call of `uploadFile` computed, in us. `logged`, once per second: how many objects are there.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { folderStore, ObjectStoreLogger } from "@mlog/object-store";
import { acknowledge } from "../acknowledgement.ts";
import { childInput } from "../child.ts";
import { now } from "../clock.ts";

export interface Input {
  readonly folder: string;
  /** A large file. */
  readonly large: string;
  /** A small one, handed over ten times a second. */
  readonly small: string;
  /** In ms. */
  readonly duration: number;
}

const { folder, large, small, duration } = childInput<Input>();
const objects = join(folder, "objects");
const destination = new ObjectStoreLogger({
  store: folderStore(objects),
  stagingFolder: join(folder, "staging"),
});
const logger = new Logger(new State({ runName: "soak" }), destination);
await logger.ready;
let longest = 0;
const upload = (name: string, path: string): void => {
  // Of this thread: others on a busy machine may get the processor in the midst of a call.
  const start = process.threadCpuUsage();
  logger.uploadFile(name, path);
  const { user, system } = process.threadCpuUsage(start);
  longest = Math.max(longest, user + system);
};
const end = now() + duration;
upload("large", large);
for (let tenths = 0; now() < end; tenths++) {
  upload(`small-${tenths}`, small);
  const next = Math.min(end, now() + 100);
  while (now() < next);
  if (tenths % 10 === 9)
    acknowledge("logged", readdirSync(objects).filter((name) => !name.startsWith(".")).length);
}
acknowledge("memory", longest);
await logger.close({ timeout: 120_000 });
