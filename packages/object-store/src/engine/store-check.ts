import { randomUUID } from "node:crypto";
import { bodyOf } from "../object-body.ts";
import type { ObjectStore } from "../object-store.ts";
import { UploadError } from "../upload-error.ts";
import type { Clock } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import { reasonOf } from "./reason.ts";
import { tryOften } from "./try-often.ts";
import { verdictOn } from "./verdict.ts";

/** How long each request may take, in ms. */
const TIMEOUT = 10_000;
/** How often it is tried to delete what is there, which takes about half a minute if nothing works. */
const ATTEMPTS = 8;
/** How often if nobody knows whether it is there. */
const ATTEMPTS_IN_DOUBT = 5;

/**
 * Writes and deletes a small object: whoever waits for a first upload would learn of wrong credentials
 * hours later.
 *
 * @throws UploadError `CHECK_NOT_REMOVED`; what the store throws; the reason of `signal`
 */
export async function checkStore(store: ObjectStore, clock: Clock, signal: AbortSignal): Promise<void> {
  const name = `.mlog-check-${randomUUID()}`;
  const body = bodyOf(Buffer.from("mlog checks that it may write here\n"));
  const remove = (most: number): Promise<void> =>
    tryOften((request) => store.delete(name, { signal: request }), {
      most,
      deadline: TIMEOUT,
      clock,
      signal,
    });
  try {
    await withDeadline((request) => store.put(name, body, { signal: request }), TIMEOUT, clock, signal);
  } catch (error) {
    if (verdictOn(error) === "again") await remove(ATTEMPTS_IN_DOUBT).catch(() => undefined);
    throw error;
  }
  await remove(ATTEMPTS).catch((cause: unknown) => {
    signal.throwIfAborted();
    const message = `the store takes uploads, but ${name}, written to find that out, is still there: ${reasonOf(cause)}; checkAtStart: false leaves it out`;
    throw new UploadError("CHECK_NOT_REMOVED", message, { cause });
  });
}
