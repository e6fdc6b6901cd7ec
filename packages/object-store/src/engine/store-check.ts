import { randomUUID } from "node:crypto";
import { bodyOf } from "../object-body.ts";
import type { ObjectStore } from "../object-store.ts";
import { UploadError } from "../upload-error.ts";
import type { Clock } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import { reasonOf } from "./reason.ts";

/** How long each of the two requests may take, in ms. */
const TIMEOUT = 10_000;

/**
 * Writes and deletes a small object: whoever waits for a first upload would learn of wrong credentials
 * hours later.
 *
 * @throws UploadError `CHECK_NOT_REMOVED`; what the store throws; the reason of `signal`
 */
export async function checkStore(store: ObjectStore, clock: Clock, signal: AbortSignal): Promise<void> {
  const name = `.mlog-check-${randomUUID()}`;
  const body = bodyOf(Buffer.from("mlog checks that it may write here\n"));
  const remove = (): Promise<void> =>
    withDeadline((request) => store.delete(name, { signal: request }), TIMEOUT, clock, signal);
  try {
    await withDeadline((request) => store.put(name, body, { signal: request }), TIMEOUT, clock, signal);
  } catch (error) {
    // It may be there all the same.
    await remove().catch(() => undefined);
    throw error;
  }
  await remove().catch((cause: unknown) => {
    signal.throwIfAborted();
    const message = `the store takes uploads, but ${name}, written to find that out, is still there: ${reasonOf(cause)}; checkAtStart: false leaves it out`;
    throw new UploadError("CHECK_NOT_REMOVED", message, { cause });
  });
}
