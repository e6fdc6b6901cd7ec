/**
 * Trains while its store works and while it does not, by turns, and hands over files all the time. `ready`: the
 * store shall work from now on. `failing`: it shall not. In the end what it has measured is on stdout.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { ObjectStoreLogger, type StoreModule } from "@mlog/object-store";
import { acknowledge } from "../acknowledgement.ts";
import { childInput } from "../child.ts";
import { now } from "../clock.ts";
import { percentile } from "../percentile.ts";

export interface Input {
  readonly folder: string;
  readonly store: StoreModule;
  /** Of all turns together, in ms. */
  readonly duration: number;
}

export interface Output {
  /** Of the time of a step, in ms: the 99.9th percentile while the store works, and while it does not. */
  readonly working: number;
  readonly failing: number;
  /** By how much the process has grown while the store did not work, in bytes. */
  readonly growth: number;
  /** Files handed over under a name of their own. */
  readonly files: number;
  /** Times that the file `latest` was handed over. */
  readonly versions: number;
}

const TURNS = 4;
/** What a step computes takes so long, in ms. */
const STEP = 0.2;

const { folder, store, duration } = childInput<Input>();
const destination = new ObjectStoreLogger({
  store,
  stagingFolder: join(folder, "staging"),
  requestTimeout: 1000,
  checkAtStart: false,
});
const logger = new Logger(new State({ runName: "outage" }), destination, { onError: () => undefined });
await logger.ready;
const source = join(folder, "file");
writeFileSync(source, Buffer.alloc(4096, 1));
let files = 0;
let versions = 0;
let handedOver = now();

function train(): number {
  const start = now();
  while (now() < start + STEP);
  if (start > handedOver + 50) {
    handedOver = start;
    logger.uploadFile(`files/${files++}`, source);
    const version = join(folder, "latest");
    if (files % 5 === 0) {
      writeFileSync(version, `${++versions}`);
      logger.uploadFile("latest", version, { overwrite: true });
    }
  }
  return start;
}

const times: [working: number[], failing: number[]] = [[], []];
let growth = 0;
for (let turn = 0; turn < TURNS; turn++) {
  const isFailing = turn % 2;
  acknowledge(isFailing === 1 ? "failing" : "ready", turn);
  await setTimeout(200);
  const before = process.memoryUsage.rss();
  const end = now() + duration / TURNS;
  while (now() < end) {
    const start = train();
    // What the thread that uploads has to say is heard here: it is the loop's time too.
    await setImmediate();
    times[isFailing]!.push(now() - start);
  }
  if (isFailing === 1) growth = Math.max(growth, process.memoryUsage.rss() - before);
}
acknowledge("ready", TURNS);
await logger.close({ timeout: 120_000 });
const [working, failing] = times.map((each) => percentile(each, 99.9)) as [number, number];
console.log(JSON.stringify({ working, failing, growth, files, versions } satisfies Output));
