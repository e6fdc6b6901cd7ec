import type { MultipartUpload, MultipartUploads } from "../multipart.ts";
import type { Checksums, ObjectBody } from "../object-body.ts";
import { ObjectStoreError } from "../object-store-error.ts";
import type { ObjectAttributes, PutConditions } from "../request-options.ts";
import type { KeptUpload } from "../staging/kept-upload.ts";
import type { StagedPart } from "../staging/staged-upload.ts";

/** What parts are sent with. */
export interface PartRequests {
  readonly multipart: MultipartUploads;
  /** Ids of uploads in parts that this process is working on. */
  readonly known: Set<string>;
  readonly attributes: ObjectAttributes;
  /** Parts that are sent at a time. */
  readonly concurrency: number;
  conditions(): Promise<PutConditions>;
  /** @param until - Ends the request as well. */
  request<Result>(
    size: number,
    work: (signal: AbortSignal) => Promise<Result>,
    until?: AbortSignal,
  ): Promise<Result>;
  onProgress(bytes: number): void;
}

/** Sends the parts that have not arrived, and completes the object. */
export async function sendParts(kept: KeptUpload, requests: PartRequests): Promise<void> {
  const { multipart, attributes, known, request } = requests;
  const upload = kept.multipart ?? (await begin(kept, requests));
  known.add(upload.id);
  await sendMissing(kept, upload, requests);
  const parts = [...kept.parts.values()].sort((a, b) => a.number - b.number);
  const conditions = await requests.conditions();
  await kept.copying?.assertUnchanged();
  await request(0, (signal) => multipart.complete(upload, parts, { ...attributes, ...conditions, signal }));
}

/**
 * Makes sure that no upload in parts is left open: that one, and those that nobody knows, because an
 * answer was lost or a request arrived twice.
 */
export async function dropParts(kept: KeptUpload, requests: PartRequests): Promise<void> {
  const { multipart, known, request } = requests;
  const upload = kept.multipart;
  // Once that has worked, another attempt need not do it again; what another process began is among the unknown.
  if (upload !== undefined && known.has(upload.id)) {
    await request(0, (signal) => multipart.abort(upload, { signal }));
    known.delete(upload.id);
    kept.steps++;
  }
  await dropUnknown(kept, requests);
}

async function begin(kept: KeptUpload, requests: PartRequests): Promise<MultipartUpload> {
  const { multipart, attributes, request } = requests;
  const { id, name } = kept.upload;
  // An earlier attempt may have begun one whose answer was lost.
  if (kept.starting) await dropUnknown(kept, requests);
  else await kept.record({ type: "starting", id });
  const upload = await request(0, (signal) => multipart.start(name, { ...attributes, signal }));
  await kept.record({ type: "started", id, multipart: upload });
  return upload;
}

/** Others that send an object of the same name in parts at this moment have to begin anew. */
async function dropUnknown(kept: KeptUpload, { multipart, known, request }: PartRequests): Promise<void> {
  const { name } = kept.upload;
  const open = await request(0, (signal) => multipart.list(name, { signal }));
  for (const upload of open) {
    if (known.has(upload.id)) continue;
    await request(0, (signal) => multipart.abort(upload, { signal }));
    kept.steps++;
  }
}

async function sendMissing(kept: KeptUpload, upload: MultipartUpload, requests: PartRequests): Promise<void> {
  const { id, parts } = kept.upload;
  const missing = rangesOf(parts).filter(({ number }) => !kept.parts.has(number));
  let arrived = kept.upload.size - missing.reduce((sum, { start, end }) => sum + end - start, 0);
  let failed = false;
  requests.onProgress(arrived);
  const sendSome = async (): Promise<void> => {
    for (let next = missing.shift(); next !== undefined && !failed; next = missing.shift()) {
      const { number } = next;
      const body = bodyOf(kept, next);
      try {
        const part = await requests.request(
          body.size,
          (signal) => requests.multipart.putPart(upload, number, body, { signal }),
          kept.copying?.changed,
        );
        await kept.record({ type: "part", id, part });
      } catch (error) {
        failed = true;
        throw error;
      }
      arrived += body.size;
      requests.onProgress(arrived);
    }
  };
  const senders = Array.from({ length: Math.min(requests.concurrency, parts.length) }, sendSome);
  const results = await Promise.allSettled(senders);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  if (kept.parts.size !== parts.length)
    throw new ObjectStoreError("UPLOAD_GONE", `${kept.parts.size} of ${parts.length} parts are known`);
}

/** Bytes of a file: `start` to `end - 1`. */
interface PartRange {
  /** 1 and up. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
  readonly checksums: Checksums;
}

function rangesOf(parts: readonly StagedPart[]): PartRange[] {
  let end = 0;
  return parts.map(({ size, checksums }, index) => {
    const start = end;
    end += size;
    return { number: index + 1, start, end, checksums };
  });
}

function bodyOf({ range: { path } }: KeptUpload, { start, end, checksums }: PartRange): ObjectBody {
  return { source: { path, start, end }, size: end - start, checksums };
}
