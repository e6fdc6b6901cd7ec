import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { Logger, State } from "@mlog/core";
import { expect, test } from "vitest";
import { ObjectStoreLogger } from "../src/index.ts";
import type { Left } from "./children/staying-store.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const BY_ITSELF = 0;
const STOPPED = 1;

interface Opened {
  readonly folder: string;
  readonly logger: Logger;
  /** How the thread has ended. */
  readonly exit: Promise<number>;
}

async function open(left: Left): Promise<Opened> {
  const folder = temporaryFolder();
  const started = once(process, "worker") as Promise<[Worker]>;
  const destination = new ObjectStoreLogger({
    store: { module: new URL("children/staying-store.ts", import.meta.url).href, options: left },
    stagingFolder: join(folder, "staging"),
    showProgress: false,
  });
  const logger = new Logger(new State(), destination);
  const [worker] = await started;
  const exit = (once(worker, "exit") as Promise<[number]>).then(([code]) => code);
  await logger.ready;
  return { folder, logger, exit };
}

test("the thread ends by itself once the logger is closed", async () => {
  const { folder, logger, exit } = await open("nothing");
  writeFileSync(join(folder, "a"), "a");
  await logger.uploadFile("a", join(folder, "a")).uploaded;
  await logger.close();
  expect(await exit).toBe(BY_ITSELF);
});

test("downloads that are under way are given up when the logger is closed, and the thread ends by itself", async () => {
  const { folder, logger, exit } = await open("a download that waits for its signal");
  writeFileSync(join(folder, "a"), "a");
  await logger.uploadFile("a", join(folder, "a")).uploaded;
  const download = logger.downloadFile("a", join(folder, "copy"));
  await Promise.all([expect(download).rejects.toMatchObject({ code: "LOGGER_CLOSED" }), logger.close()]);
  expect(await exit).toBe(BY_ITSELF);
});

test.each(["a timer", "an endless loop"] as const)(
  "the thread of a store that leaves %s behind is stopped when the logger is closed",
  async (left) => {
    const { logger, exit } = await open(left);
    await logger.close();
    expect(await exit).toBe(STOPPED);
  },
);
