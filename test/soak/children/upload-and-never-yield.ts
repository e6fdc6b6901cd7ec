/**
 * Hands over files in a loop that never gives its event loop a turn, and then closes its logger. `memory`:
 * how long the shortest of three calls with the large file took, in us. `logged`, once per second: how many objects are there.
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
const upload = (name: string, path: string): number => {
  const start = now();
  logger.uploadFile(name, path);
  return now() - start;
};
// On a busy machine others may get the processor in the midst of a call: that is not the call's doing.
const shortest = Math.min(...[1, 2, 3].map((n) => upload(`large-${n}`, large)));
const end = now() + duration;
for (let tenths = 0; now() < end; tenths++) {
  upload(`small-${tenths}`, small);
  const next = Math.min(end, now() + 100);
  while (now() < next);
  if (tenths % 10 === 9)
    acknowledge("logged", readdirSync(objects).filter((name) => !name.startsWith(".")).length);
}
acknowledge("memory", shortest * 1000);
await logger.close({ timeout: 120_000 });
