import { isMlogError } from "@mlog/core";
import { crc32 } from "node:zlib";
import { type ObjectBody, readBody } from "../object-body.ts";
import { ObjectStoreError } from "../object-store-error.ts";
import type { ObjectStore } from "../object-store.ts";
import type { PutOptions } from "../request-options.ts";
import type { KeptUpload } from "../staging/session.ts";
import { UploadError } from "../upload-error.ts";
import type { Clock } from "./clock.ts";
import { contentTypeOf } from "./content-type.ts";
import { deadlineFor, withDeadline } from "./deadline.ts";
import { dropParts, type PartRequests, sendParts } from "./part-transfer.ts";
import type { Slots } from "./slots.ts";

/** The key of an object's metadata that says which upload made it. */
const UPLOAD_ID = "mlogupload";
/** The key of an object's metadata that has the CRC-32 of all its bytes, as 8 hexadecimal digits. */
export const CRC32 = "mlogcrc32";

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

/** Does one request that sends `size` bytes. */
function request<Result>(
  requests: Requests,
  size: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { clock, slots, timeout, signal } = requests;
  return slots.run(() => withDeadline(work, deadlineFor(size, timeout), clock, signal));
}

/** What an object is put with. */
function attributesOf({ upload }: KeptUpload): PutOptions {
  return {
    contentType: contentTypeOf(upload.name),
    metadata: {
      [UPLOAD_ID]: upload.id,
      [CRC32]: upload.checksums.crc32.toString(16).padStart(8, "0"),
    },
    ...(upload.overwrite ? {} : { ifNoneMatch: "*" }),
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
    if (kept.doubt === undefined) await sendOrDoubt(kept, requests, inParts);
    if (kept.doubt !== undefined) await resolveDoubt(kept, requests);
    kept.arrived = true;
    kept.steps++;
  }
  if (inParts !== undefined) await dropParts(kept, inParts);
  requests.onProgress(kept, kept.upload.size);
}

async function sendOrDoubt(
  kept: KeptUpload,
  requests: Requests,
  inParts: PartRequests | undefined,
): Promise<void> {
  try {
    if (inParts === undefined) await putWhole(kept, requests);
    else await sendParts(kept, inParts);
  } catch (error) {
    if (requests.signal.aborted) throw error;
    if (isMlogError(error, "BODY_UNREADABLE")) throw damaged(kept, error.message);
    if (isMlogError(error, "CHECKSUM_MISMATCH")) await assertCopy(kept);
    const mayBeOurs = isMlogError(error, "OBJECT_EXISTS") || isMlogError(error, "UPLOAD_GONE");
    if (!mayBeOurs) throw error;
    kept.doubt = error;
    kept.steps++;
  }
}

/** @throws what raised the doubt, if the upload has not arrived */
async function resolveDoubt(kept: KeptUpload, requests: Requests): Promise<void> {
  const arrived = await hasArrived(kept, requests);
  const { doubt } = kept;
  kept.doubt = undefined;
  if (arrived) return;
  if (isMlogError(doubt, "UPLOAD_GONE")) {
    // It may be there all the same, and is then dropped with the others that nobody knows.
    requests.known.delete(kept.multipart?.id ?? "");
    await kept.record({ type: "restarted", id: kept.upload.id });
  }
  throw doubt;
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
    concurrency,
    request: (size, work) => request(requests, size, work),
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
  await request(requests, size, (signal) =>
    requests.store.put(name, wholeOf(kept), { ...attributesOf(kept), signal }),
  );
}

function wholeOf({ upload: { size, checksums }, copy, bytes }: KeptUpload): ObjectBody {
  return { source: bytes ?? copy, size, checksums };
}

/** Whether the object is there, and is this upload. */
async function hasArrived({ upload }: KeptUpload, requests: Requests): Promise<boolean> {
  try {
    const { metadata } = await request(requests, 0, (signal) => requests.store.head(upload.name, { signal }));
    return metadata[UPLOAD_ID] === upload.id;
  } catch (error) {
    if (isMlogError(error, "OBJECT_NOT_FOUND")) return false;
    throw error;
  }
}

async function assertCopy(kept: KeptUpload): Promise<void> {
  let sum = 0;
  for await (const chunk of readBody(wholeOf(kept))) sum = crc32(chunk, sum);
  if (sum !== kept.upload.checksums.crc32) throw damaged(kept, "its checksum is another one");
}

function damaged({ upload, copy: { path } }: KeptUpload, reason: string): UploadError {
  return new UploadError(
    "STAGED_COPY_DAMAGED",
    `the copy of ${upload.name}, ${path}, is not what it was: ${reason}`,
  );
}
