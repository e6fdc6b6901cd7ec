import type { ContainerClient } from "@azure/storage-blob";
import { isMlogError } from "@mlog/core";
import {
  type GetOptions,
  type ListedObject,
  type MultipartUploads,
  type ObjectBody,
  type ObjectContent,
  type ObjectInfo,
  type ObjectStore,
  ObjectStoreError,
  type PutOptions,
  type RequestOptions,
  StoreRequests,
  assertPrefix,
} from "@mlog/object-store";
import { AzureBlobs } from "./azure-blobs.ts";
import { toObjectStoreError } from "./azure-error.ts";
import { AzureMultipart } from "./azure-multipart.ts";
import { createContainerClient, secretsOf } from "./container-client.ts";
import { parseAzureUri } from "./location.ts";
import { type AzureBlobOptions, checkAzureOptions } from "./options.ts";
import { requestBody } from "./request-body.ts";

/** What a request for a blob says about it. */
interface Described {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly etag?: string;
}

/** Block blobs below a prefix of a container of Azure Blob Storage. */
export class AzureBlobStore implements ObjectStore {
  /** The service checks MD5s as well, which take twice the time. */
  readonly checksum = "crc64nvme";
  /** Of one request, in bytes: 5000 MiB. */
  readonly maxPutSize: number = 5000 * 1024 ** 2;
  readonly multipart: MultipartUploads;
  readonly #blobs: AzureBlobs;
  readonly #requests: StoreRequests;

  /**
   * @param uri - `azure://container/prefix`, or the URL of a container with an optional prefix.
   * @param client - Makes the requests instead of one made from `options`: for a token credential of your own. Switch
   * its retries off (`retryOptions: { maxTries: 1 }`).
   * @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, `INVALID_NAME`
   */
  constructor(uri: string, options: AzureBlobOptions = {}, client?: ContainerClient) {
    checkAzureOptions(options);
    const location = parseAzureUri(uri);
    const container = client ?? createContainerClient(location, options);
    this.#blobs = new AzureBlobs(container, location.prefix, options);
    const secrets = secretsOf(options);
    this.#requests = new StoreRequests((error, what) => toObjectStoreError(error, what, secrets));
    this.multipart = new AzureMultipart(this.#requests, this.#blobs);
  }

  async put(name: string, body: ObjectBody, options: PutOptions = {}): Promise<void> {
    const blob = this.#blobs.blob(name);
    const properties = this.#blobs.properties(options);
    await this.#requests.write(`PUT ${this.uri(name)}`, options, async ({ abortSignal, broken }) => {
      const { bytes, checksum } = await requestBody(body, abortSignal, broken);
      await blob.upload(bytes, body.size, { abortSignal, ...properties, ...checksum });
    });
  }

  async head(name: string, { signal }: RequestOptions = {}): Promise<ObjectInfo> {
    const blob = this.#blobs.blob(name);
    const what = `HEAD ${this.uri(name)}`;
    const output = await this.#requests.run(what, signal, ({ abortSignal }) =>
      blob.getProperties({ abortSignal }),
    );
    return infoOf(name, what, output, output.contentLength);
  }

  async get(name: string, { range, ifVersion, signal }: GetOptions = {}): Promise<ObjectContent> {
    const blob = this.#blobs.blob(name);
    const what = `GET ${this.uri(name)}`;
    assertRange(range, Infinity, what);
    const conditions = ifVersion === undefined ? {} : { ifMatch: ifVersion };
    const output = await this.#requests.run(what, signal, async ({ abortSignal }) => {
      try {
        return await blob.download(range?.start ?? 0, range && range.end - range.start, {
          // The SDK would hold on to a signal of one attempt, and the bytes come after it.
          abortSignal: signal ?? abortSignal,
          conditions,
        });
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode !== 412) throw error;
        throw new ObjectStoreError("OBJECT_CHANGED", `${this.uri(name)} has been replaced meanwhile`);
      }
    });
    const whole = /\/(\d+)$/.exec(output.contentRange ?? "")?.[1];
    const info = infoOf(name, what, output, whole === undefined ? output.contentLength : Number(whole));
    // Azurite answers with no bytes where the service refuses.
    assertRange(range, info.size, what);
    const body = output.readableStreamBody as AsyncIterable<unknown> | undefined;
    return { info, body: this.#requests.receive(what, body, output.contentLength, signal) };
  }

  async *list(prefix: string, { signal }: RequestOptions = {}): AsyncGenerator<ListedObject, void, void> {
    assertPrefix(prefix);
    const { container, prefix: own } = this.#blobs;
    const options = { prefix: own + prefix, ...(signal && { abortSignal: signal }) };
    const pages = container.listBlobsFlat(options).byPage()[Symbol.asyncIterator]();
    const what = `LIST ${this.uri(prefix)}`;
    for (;;) {
      const { done, value: page } = await this.#requests.run(what, signal, async () => {
        try {
          return await pages.next();
        } catch (error) {
          // The SDK trips over what is no list.
          if (!(error instanceof TypeError)) throw error;
          const message = `${what} was answered as Azure never does; check the URL of the account`;
          throw new ObjectStoreError("NOT_AN_OBJECT_STORE", message, { cause: error });
        }
      });
      if (done === true) return;
      for (const { name, properties } of page.segment.blobItems) {
        // The prefix itself may be a blob that some tool made as a folder.
        if (name.length > own.length)
          yield { name: name.slice(own.length), size: properties.contentLength ?? 0 };
      }
    }
  }

  async delete(name: string, { signal }: RequestOptions = {}): Promise<void> {
    const blob = this.#blobs.blob(name);
    try {
      await this.#requests.run(`DELETE ${this.uri(name)}`, signal, ({ abortSignal }) =>
        blob.delete({ abortSignal, deleteSnapshots: "include" }),
      );
    } catch (error) {
      if (!isMlogError(error, "OBJECT_NOT_FOUND")) throw error;
    }
  }

  uri(name: string): string {
    return this.#blobs.uri(name);
  }
}

function assertRange(range: GetOptions["range"], size: number, what: string): void {
  if (range === undefined || (range.start >= 0 && range.start < Math.min(range.end, size))) return;
  const message = `${what}: there are no bytes from ${range.start} to ${range.end - 1}`;
  throw new ObjectStoreError("INVALID_RANGE", message);
}

function infoOf(name: string, what: string, output: Described, size: number | undefined): ObjectInfo {
  const { contentType, metadata = {}, etag: version } = output;
  if (version === undefined) {
    const message = `${what} was answered without an ETag, as Azure never does; check the URL of the account`;
    throw new ObjectStoreError("NOT_AN_OBJECT_STORE", message);
  }
  return { name, size: size ?? 0, ...(contentType !== undefined && { contentType }), metadata, version };
}
