import { isMlogError } from "@mlog/core";
import { crc32 } from "node:zlib";
import { type ObjectBody, readBody } from "../object-body.ts";
import { ObjectStoreError } from "../object-store-error.ts";
import type { ObjectStore } from "../object-store.ts";
import type { ObjectAttributes, PutConditions } from "../request-options.ts";
import type { KeptUpload } from "../staging/kept-upload.ts";
import type { Slots } from "../slots.ts";
import { UploadError } from "../upload-error.ts";
import type { Clock } from "./clock.ts";
import { contentTypeOf } from "./content-type.ts";
import { deadlineFor, withDeadline } from "./deadline.ts";
import { dropParts, type PartRequests, sendParts } from "./part-transfer.ts";

/** The key of an object's metadata that says which upload made it. */
const UPLOAD_ID = "mlogupload";
/** The key of an object's metadata that has the CRC-32 of all its bytes, as 8 hexadecimal digits. */
export const CRC32 = "mlogcrc32";

/** The key of an object's metadata that says when its upload was handed over, in Unix ms. */
const TIME = "mlogtime";

/** Of larger objects it is asked before what they would replace, in bytes; smaller ones are sent as if there were none. */
const ASK_FROM = 256 * 1024;
const IF_NONE: Found = { metadata: {}, conditions: { ifNoneMatch: "*" } };
/** For who may write and not read: what is there cannot be seen, and is replaced. */
const UNSEEN: Found = { metadata: {}, conditions: {} };

/** What is there, and on what condition it may be replaced. */
interface Found {
  readonly metadata: Readonly<Record<string, string>>;
  readonly conditions: PutConditions;
}

/** So often an attempt may find something else than what it was to replace. */
const MOST_CONFLICTS = 3;

/** One request at a time: how it is limited in time and number. */
export interface Requests {
  readonly store: ObjectStore;
  /** Ids of uploads in parts that this process is working on. */
  readonly known: Set<string>;
  readonly clock: Clock;
  readonly slots: Slots;
  /** Parts of one upload that are sent at a time. */
  readonly concurrency: number;
  /** How long the store may take to answer a request without bytes, in ms. */
  readonly timeout: number;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Called with the bytes of an upload that have arrived. */
  onProgress(kept: KeptUpload, bytes: number): void;
}

/** Does one request that sends `size` bytes, unless `until` comes. */
function request<Result>(
  requests: Requests,
  size: number,
  work: (signal: AbortSignal) => Promise<Result>,
  until?: AbortSignal,
): Promise<Result> {
  const { clock, slots, timeout } = requests;
  const signal = until === undefined ? requests.signal : AbortSignal.any([requests.signal, until]);
  return slots.run(() => withDeadline(work, deadlineFor(size, timeout), clock, signal));
}

/** What an object is put with. */
function attributesOf({ upload }: KeptUpload): ObjectAttributes {
  return {
    contentType: contentTypeOf(upload.name),
    metadata: {
      [UPLOAD_ID]: upload.id,
      [CRC32]: upload.checksums.crc32.toString(16).padStart(8, "0"),
      [TIME]: String(upload.time),
    },
  };
}

/**
 * One attempt to bring an upload to the store. That the object exists already is a success if it is
 * this very upload, whose answer was lost.
 *
 * @throws UploadError `STAGED_COPY_DAMAGED`; what the store throws
 */
export async function send(kept: KeptUpload, requests: Requests): Promise<void> {
  const inParts = kept.upload.parts.length > 0 ? partRequests(kept, requests) : undefined;
  // Each attempt goes on where the last one failed, so that a bad network cannot hold an upload for ever.
  if (!kept.arrived) {
    for (let conflicts = 0; !(await tryToSend(kept, requests, inParts));) {
      if (++conflicts < MOST_CONFLICTS) continue;
      throw new ObjectStoreError("OBJECT_CHANGED", `somebody else writes ${kept.upload.name} too, just now`);
    }
    kept.arrived = true;
    kept.steps++;
  }
  if (inParts !== undefined) await dropParts(kept, inParts);
  requests.onProgress(kept, kept.upload.size);
}

/** @returns whether it is there; else something else is there than it was to replace, and that is known now */
async function tryToSend(
  kept: KeptUpload,
  requests: Requests,
  inParts: PartRequests | undefined,
): Promise<boolean> {
  if (kept.doubt === undefined) await sendOrDoubt(kept, requests, inParts);
  return kept.doubt === undefined || (await resolveDoubt(kept, requests));
}

async function sendOrDoubt(
  kept: KeptUpload,
  requests: Requests,
  inParts: PartRequests | undefined,
): Promise<void> {
  const { copying } = kept;
  try {
    if (inParts === undefined) await putWhole(kept, requests);
    else await sendParts(kept, inParts);
  } catch (error) {
    if (requests.signal.aborted) throw error;
    if (copying !== undefined && isOfTheBody(error)) {
      // The file is there no more, or another one: the copy is of the one that was handed over.
      await copying.ended;
      copying.failed.throwIfAborted();
      return sendOrDoubt(kept, requests, inParts);
    }
    if (isMlogError(error, "BODY_UNREADABLE")) throw damaged(kept, error.message);
    if (isMlogError(error, "CHECKSUM_MISMATCH")) await assertCopy(kept);
    // Perhaps it can be seen the next time.
    if (kept.replaces === UNSEEN.conditions) kept.replaces = undefined;
    if (!isConflict(error) && !isMlogError(error, "UPLOAD_GONE")) throw error;
    kept.doubt = error;
    kept.steps++;
  }
}

function isOfTheBody(error: unknown): boolean {
  return isMlogError(error, "BODY_UNREADABLE") || isMlogError(error, "CHECKSUM_MISMATCH");
}

/**
 * @returns whether the upload has arrived; if not, it may be sent again in place of what is there now
 * @throws what raised the doubt, if that cannot be mended so
 */
async function resolveDoubt(kept: KeptUpload, requests: Requests): Promise<boolean> {
  const { doubt, upload } = kept;
  const mayReplace = upload.overwrite && isConflict(doubt);
  const found = await find(upload.name, requests).catch((error: unknown) => {
    if (mayReplace && isMlogError(error, "ACCESS_DENIED")) return UNSEEN;
    throw error;
  });
  kept.doubt = undefined;
  if (found.metadata[UPLOAD_ID] === upload.id) return true;
  if (mayReplace) {
    assertNotOvertaken(kept, found);
    // A store that refuses the version which it has told itself cannot be asked that.
    const isUnchanged =
      isMlogError(doubt, "OBJECT_CHANGED") && found.conditions.ifVersion === kept.replaces?.ifVersion;
    kept.replaces = isUnchanged ? UNSEEN.conditions : found.conditions;
    return false;
  }
  if (isMlogError(doubt, "UPLOAD_GONE")) {
    // It may be there all the same, and is then dropped with the others that nobody knows.
    requests.known.delete(kept.multipart?.id ?? "");
    await kept.record({ type: "restarted", id: upload.id });
  }
  if (isMlogError(doubt, "OBJECT_EXISTS")) {
    const uri = requests.store.uri(upload.name);
    const message = `${uri} exists already, and this upload may not replace it: choose another name, or set overwrite`;
    throw new ObjectStoreError("OBJECT_EXISTS", message, { cause: doubt });
  }
  throw doubt;
}

function isConflict(error: unknown): boolean {
  return isMlogError(error, "OBJECT_EXISTS") || isMlogError(error, "OBJECT_CHANGED");
}

/** Makes sure that an upload which has not to arrive leaves nothing in the store. */
export async function drop(kept: KeptUpload, requests: Requests): Promise<void> {
  const mayHaveParts = kept.starting || kept.multipart !== undefined;
  const inParts = mayHaveParts ? partRequests(kept, requests) : undefined;
  if (inParts !== undefined) await dropParts(kept, inParts);
}

function partRequests(kept: KeptUpload, requests: Requests): PartRequests | undefined {
  const { store, known, concurrency, onProgress } = requests;
  if (store.multipart === undefined) return undefined;
  return {
    multipart: store.multipart,
    known,
    attributes: attributesOf(kept),
    conditions: () => conditionsOf(kept, requests),
    concurrency,
    request: (size, work, until) => request(requests, size, work, until),
    onProgress: (bytes) => onProgress(kept, bytes),
  };
}

async function putWhole(kept: KeptUpload, requests: Requests): Promise<void> {
  const { name, size } = kept.upload;
  const { maxPutSize = Infinity } = requests.store;
  if (size > maxPutSize)
    throw new ObjectStoreError(
      "OBJECT_TOO_LARGE",
      `${name} has ${size} bytes, and the store takes ${maxPutSize}`,
    );
  const attributes = { ...attributesOf(kept), ...(await conditionsOf(kept, requests)) };
  await request(requests, size, (signal) =>
    requests.store.put(name, wholeOf(kept), { ...attributes, signal }),
  );
}

function wholeOf({ upload: { size, checksums }, range, bytes }: KeptUpload): ObjectBody {
  return { source: bytes ?? range, size, checksums };
}

/**
 * What the store itself shall decide by whether the object may be made. To replace is to replace what was seen:
 * else a request that was given up, and that the store carries out late, would replace what came after it.
 */
async function conditionsOf(kept: KeptUpload, requests: Requests): Promise<PutConditions> {
  const { name, overwrite, size } = kept.upload;
  if (overwrite && kept.replaces === undefined && size > ASK_FROM) {
    kept.replaces = await find(name, requests).then(
      (found) => {
        kept.steps++;
        assertNotOvertaken(kept, found);
        return found.conditions;
      },
      (error: unknown) => {
        // That there is none is not told to everybody.
        if (isMlogError(error, "ACCESS_DENIED")) return IF_NONE.conditions;
        throw error;
      },
    );
  }
  return kept.replaces ?? IF_NONE.conditions;
}

/** Clocks of machines differ: nobody but what an ended process left is refused for that. */
function assertNotOvertaken({ isLeft, upload }: KeptUpload, { metadata }: Found): void {
  if (!isLeft || !(Number(metadata[TIME]) > upload.time)) return;
  const message = `a later upload of ${upload.name} has arrived before this one, which an earlier process left`;
  throw new UploadError("UPLOAD_SUPERSEDED", message);
}

async function find(name: string, requests: Requests): Promise<Found> {
  try {
    const { metadata, version } = await request(requests, 0, (signal) =>
      requests.store.head(name, { signal }),
    );
    return { metadata, conditions: { ifVersion: version } };
  } catch (error) {
    if (isMlogError(error, "OBJECT_NOT_FOUND")) return IF_NONE;
    throw error;
  }
}

async function assertCopy(kept: KeptUpload): Promise<void> {
  let sum = 0;
  for await (const chunk of readBody(wholeOf(kept))) sum = crc32(chunk, sum);
  if (sum !== kept.upload.checksums.crc32) throw damaged(kept, "its checksum is another one");
}

function damaged({ upload, copyPath: path }: KeptUpload, reason: string): UploadError {
  return new UploadError(
    "STAGED_COPY_DAMAGED",
    `the copy of ${upload.name}, ${path}, is not what it was: ${reason}`,
  );
}
