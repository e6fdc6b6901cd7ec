import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Logger, type LoggerDestination, State } from "@mlog/core";
import { expect, onTestFinished } from "vitest";

/** Somebody whose credentials are not right yet. */
export interface Denied {
  readonly destination: LoggerDestination;
  /** Makes the credentials right. */
  mend(): unknown;
}

/**
 * Uploads `a.txt`, of 5 bytes, which is parked, makes the credentials right, and waits until it has arrived by itself.
 *
 * @param deny - Is given a folder that is gone after the test.
 * @returns the one error that was told
 */
export async function uploadOnceMended(deny: (folder: string) => Denied | Promise<Denied>): Promise<Error> {
  const folder = await mkdtemp(join(tmpdir(), "mlog-parked-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { destination, mend } = await deny(folder);
  const told: Error[] = [];
  const heard = Promise.withResolvers<Error>();
  const logger = new Logger(new State({ runName: "run" }), destination, {
    onError(error) {
      told.push(error);
      heard.resolve(error);
    },
  });
  const path = join(folder, "a.txt");
  await writeFile(path, "hello");
  const { staged, uploaded } = logger.uploadFile("a.txt", path);
  await staged;
  expect(await heard.promise).toMatchObject({
    code: "UPLOADS_PARKED",
    message: expect.stringContaining("check the credentials") as string,
  });
  await mend();
  expect(await uploaded).toMatchObject([{ name: "a.txt", size: 5 }]);
  expect(await logger.close()).toMatchObject([{ delivered: 1, pending: 0, dropped: 0 }]);
  expect(told).toHaveLength(1);
  return heard.promise;
}
