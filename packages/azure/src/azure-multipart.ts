import { randomUUID } from "node:crypto";
import type {
  MultipartUpload,
  MultipartUploads,
  ObjectBody,
  PutOptions,
  RequestOptions,
  StoreRequests,
  UploadedPart,
} from "@mlog/object-store";
import type { AzureBlobs } from "./azure-blobs.ts";
import { requestBody } from "./request-body.ts";

/**
 * Blobs of several blocks. An upload is nothing but the beginning of the ids of its blocks: the service has no
 * word for it, and forgets blocks that nobody commits within a week. The limits are those of
 * https://learn.microsoft.com/rest/api/storageservices/put-block
 */
export class AzureMultipart implements MultipartUploads {
  /** The service takes any; smaller ones are not worth their requests. */
  readonly minPartSize: number = 256 * 1024;
  readonly maxPartSize: number = 4000 * 1024 ** 2;
  readonly maxParts = 50_000;
  readonly #requests: StoreRequests;
  readonly #blobs: AzureBlobs;

  constructor(requests: StoreRequests, blobs: AzureBlobs) {
    this.#requests = requests;
    this.#blobs = blobs;
  }

  async start(name: string, { signal }: RequestOptions = {}): Promise<MultipartUpload> {
    signal?.throwIfAborted();
    this.#blobs.blob(name);
    return { name, id: randomUUID() };
  }

  async putPart(
    upload: MultipartUpload,
    number: number,
    body: ObjectBody,
    { signal }: RequestOptions = {},
  ): Promise<UploadedPart> {
    const blob = this.#blobs.blob(upload.name);
    const tag = blockId(upload, number);
    const what = `PUT part ${number} of ${this.#blobs.uri(upload.name)}`;
    await this.#requests.run(what, signal, async ({ abortSignal, broken }) => {
      const { bytes, checksum } = await requestBody(body, abortSignal, broken);
      await blob.stageBlock(tag, bytes, body.size, { abortSignal, ...checksum });
    });
    return { number, tag, crc32: body.checksums.crc32 };
  }

  /** None: blocks that nobody has committed are not an upload of anybody. */
  async list(name: string, { signal }: RequestOptions = {}): Promise<readonly MultipartUpload[]> {
    signal?.throwIfAborted();
    this.#blobs.blob(name);
    return [];
  }

  async complete(
    upload: MultipartUpload,
    parts: readonly UploadedPart[],
    options: PutOptions = {},
  ): Promise<void> {
    const blob = this.#blobs.blob(upload.name);
    const what = `completing the upload of ${this.#blobs.uri(upload.name)}`;
    const ids = parts.map(({ number }) => blockId(upload, number));
    await this.#requests.write(what, options, ({ abortSignal }) =>
      blob.commitBlockList(ids, { abortSignal, ...this.#blobs.properties(options) }),
    );
  }

  async abort({ name }: MultipartUpload, { signal }: RequestOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    this.#blobs.blob(name);
  }
}

/**
 * All ids of the blocks of a blob must be equally long, those of other uploads of the same name too: 48 bytes, as
 * those of the SDK.
 */
function blockId({ id }: MultipartUpload, number: number): string {
  return Buffer.from(`${id}${String(number).padStart(48 - id.length, "0")}`).toString("base64");
}
