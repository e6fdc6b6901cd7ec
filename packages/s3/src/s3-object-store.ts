import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
  type S3ServiceException,
} from "@aws-sdk/client-s3";
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
  assertPrefix,
} from "@mlog/object-store";
import { createS3Client } from "./client.ts";
import { parseS3Uri } from "./location.ts";
import { type S3Options, checkS3Options } from "./options.ts";
import { PutHandlers } from "./put-handlers.ts";
import { requestBody } from "./request-body.ts";
import { S3Multipart } from "./s3-multipart.ts";
import { S3Objects } from "./s3-objects.ts";
import { S3Requests, assertList, assertStored } from "./s3-requests.ts";

/** Objects below a prefix of a bucket of S3, or of a store that speaks its protocol. */
export class S3ObjectStore implements ObjectStore {
  readonly checksum: "crc32" | "md5";
  /** Of one PUT, in bytes: 5 GiB. */
  readonly maxPutSize: number = 5 * 1024 ** 3;
  readonly multipart: MultipartUploads;
  readonly #objects: S3Objects;
  readonly #requests: S3Requests;
  readonly #puts: PutHandlers;

  /**
   * @param uri - `s3://bucket` or `s3://bucket/prefix`.
   * @param client - Makes the requests instead of one made from `options`, and is closed with the store: for
   * credentials that a function gives, and the like. Switch its retries off (`maxAttempts: 1`), and say
   * `conditionalWrites` if its store is not AWS.
   * @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, `INVALID_NAME`
   */
  constructor(uri: string, options: S3Options = {}, client?: S3Client) {
    checkS3Options(options);
    const sdk = client ?? createS3Client(options);
    this.#objects = new S3Objects(parseS3Uri(uri), options, (name, request) => this.head(name, request));
    this.#requests = new S3Requests(sdk);
    this.#puts = new PutHandlers(sdk);
    this.multipart = new S3Multipart(this.#requests, this.#objects);
    this.checksum = this.#objects.checksum;
  }

  async put(name: string, body: ObjectBody, options: PutOptions = {}): Promise<void> {
    const what = `PUT ${this.uri(name)}`;
    const input = {
      ...this.#objects.address(name),
      ...this.#objects.properties(options),
      ...(await this.#objects.condition(name, options, "put")),
    };
    await this.#requests.write(what, options, async ({ abortSignal, broken }) => {
      const bytes = await requestBody(body, this.#objects.checksum, abortSignal, broken);
      const { ETag } = await this.#puts.put({ ...input, ...bytes }, abortSignal);
      assertStored(ETag, what);
    });
  }

  async head(name: string, { signal }: RequestOptions = {}): Promise<ObjectInfo> {
    const address = this.#objects.address(name);
    const what = `HEAD ${this.uri(name)}`;
    const output = await this.#requests.run(what, signal, async ({ client, abortSignal }) => {
      try {
        return await client.send(new HeadObjectCommand(address), { abortSignal });
      } catch (error) {
        // An answer to HEAD has no body that would say more: the bucket may be missing as well.
        if ((error as S3ServiceException).$metadata?.httpStatusCode !== 404) throw error;
        throw new ObjectStoreError("OBJECT_NOT_FOUND", `${this.uri(name)} does not exist`);
      }
    });
    return infoOf(name, output, output.ContentLength);
  }

  async get(name: string, { range, ifVersion, signal }: GetOptions = {}): Promise<ObjectContent> {
    const what = `GET ${this.uri(name)}`;
    const input = {
      ...this.#objects.address(name),
      ...(range && { Range: rangeHeader(range, what) }),
      ...(ifVersion !== undefined && { IfMatch: ifVersion }),
    };
    const output = await this.#requests.run(what, signal, async ({ client, abortSignal }) => {
      try {
        return await client.send(new GetObjectCommand(input), { abortSignal });
      } catch (error) {
        if ((error as Error).name !== "PreconditionFailed") throw error;
        throw new ObjectStoreError("OBJECT_CHANGED", `${this.uri(name)} has been replaced meanwhile`);
      }
    });
    const whole = /\/(\d+)$/.exec(output.ContentRange ?? "")?.[1];
    const info = infoOf(name, output, whole === undefined ? output.ContentLength : Number(whole));
    return { info, body: this.#requests.receive(what, output.Body, output.ContentLength, signal) };
  }

  async *list(prefix: string, { signal }: RequestOptions = {}): AsyncGenerator<ListedObject, void, void> {
    assertPrefix(prefix);
    const { bucket: Bucket, prefix: own } = this.#objects.location;
    const what = `LIST ${this.uri(prefix)}`;
    let ContinuationToken: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket, Prefix: own + prefix, ContinuationToken });
      const page: ListObjectsV2CommandOutput = await this.#requests.run(
        what,
        signal,
        ({ client, abortSignal }) => client.send(command, { abortSignal }),
      );
      assertList(page, what);
      for (const { Key = "", Size = 0 } of page.Contents ?? []) {
        // The prefix itself may be an object that some tool made as a folder.
        if (Key.length > own.length) yield { name: Key.slice(own.length), size: Size };
      }
      ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (ContinuationToken !== undefined);
  }

  async delete(name: string, { signal }: RequestOptions = {}): Promise<void> {
    const address = this.#objects.address(name);
    await this.#requests.run(`DELETE ${this.uri(name)}`, signal, ({ client, abortSignal }) =>
      client.send(new DeleteObjectCommand(address), { abortSignal }),
    );
  }

  uri(name: string): string {
    return this.#objects.uri(name);
  }

  async close(): Promise<void> {
    this.#requests.close();
  }
}

function rangeHeader({ start, end }: { readonly start: number; readonly end: number }, what: string): string {
  // HTTP has no words for a range without bytes.
  if (start >= 0 && start < end) return `bytes=${start}-${end - 1}`;
  throw new ObjectStoreError("INVALID_RANGE", `${what}: there are no bytes from ${start} to ${end - 1}`);
}

function infoOf(
  name: string,
  output: HeadObjectCommandOutput | GetObjectCommandOutput,
  size: number | undefined,
): ObjectInfo {
  const { ContentType: contentType, Metadata: metadata = {}, ETag: version } = output;
  assertStored(version, `the request for ${name}`);
  return {
    name,
    size: size ?? 0,
    ...(contentType !== undefined && { contentType }),
    metadata,
    version,
  };
}
