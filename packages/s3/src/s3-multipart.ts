import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { isMlogError } from "@mlog/core";
import {
  type MultipartUpload,
  type MultipartUploads,
  type ObjectAttributes,
  type ObjectBody,
  ObjectStoreError,
  type PutOptions,
  type RequestOptions,
  type UploadedPart,
} from "@mlog/object-store";
import type { S3Objects } from "./s3-objects.ts";
import { requestBody, toBase64 } from "./request-body.ts";
import { type S3Requests, assertList, assertStored } from "./s3-requests.ts";

/** Objects of several parts. The limits are those of S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export class S3Multipart implements MultipartUploads {
  readonly minPartSize: number = 5 * 1024 ** 2;
  readonly maxPartSize: number = 5 * 1024 ** 3;
  readonly maxParts = 10_000;
  readonly #requests: S3Requests;
  readonly #objects: S3Objects;

  constructor(requests: S3Requests, objects: S3Objects) {
    this.#requests = requests;
    this.#objects = objects;
  }

  async start(name: string, options: ObjectAttributes & RequestOptions = {}): Promise<MultipartUpload> {
    const input = {
      ...this.#objects.address(name),
      ...this.#objects.properties(options),
      ...(this.#objects.checksum === "crc32" && { ChecksumAlgorithm: "CRC32" as const }),
    };
    const what = `starting the upload of ${this.#objects.uri(name)}`;
    const { UploadId: id } = await this.#requests.run(what, options.signal, ({ client, abortSignal }) =>
      client.send(new CreateMultipartUploadCommand(input), { abortSignal }),
    );
    if (id !== undefined) return { name, id };
    throw new ObjectStoreError("NOT_AN_OBJECT_STORE", `${what} gave no upload id; check the endpoint`);
  }

  async putPart(
    upload: MultipartUpload,
    number: number,
    body: ObjectBody,
    { signal }: RequestOptions = {},
  ): Promise<UploadedPart> {
    const what = `PUT part ${number} of ${this.#objects.uri(upload.name)}`;
    const target = { ...this.#target(upload), PartNumber: number };
    return this.#requests.run(what, signal, async ({ client, abortSignal, broken }) => {
      const bytes = await requestBody(body, this.#objects.checksum, abortSignal, broken);
      const { ETag: tag } = await client.send(new UploadPartCommand({ ...target, ...bytes }), {
        abortSignal,
      });
      assertStored(tag, what);
      return { number, tag, crc32: body.checksums.crc32 };
    });
  }

  async list(name: string, { signal }: RequestOptions = {}): Promise<readonly MultipartUpload[]> {
    const { Bucket, Key } = this.#objects.address(name);
    const what = `listing the uploads of ${this.#objects.uri(name)}`;
    const page = await this.#requests.run(what, signal, ({ client, abortSignal }) =>
      // Uploads of the same name come first: no page but the first has any.
      client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }), { abortSignal }),
    );
    assertList(page, what);
    const { Uploads = [] } = page;
    return Uploads.flatMap(({ Key: key, UploadId: id }) =>
      key === Key && id !== undefined ? [{ name, id }] : [],
    );
  }

  async complete(
    upload: MultipartUpload,
    parts: readonly UploadedPart[],
    options: PutOptions = {},
  ): Promise<void> {
    const condition = await this.#objects.condition(upload.name, options, "complete");
    const what = `completing the upload of ${this.#objects.uri(upload.name)}`;
    const Parts = parts.map(({ number, tag, crc32 }) => ({
      PartNumber: number,
      ETag: tag,
      ...(this.#objects.checksum === "crc32" && { ChecksumCRC32: toBase64(crc32) }),
    }));
    const input = { ...this.#target(upload), ...condition, MultipartUpload: { Parts } };
    const command = new CompleteMultipartUploadCommand(input);
    const { ETag } = await this.#requests.write(what, options, async ({ client, abortSignal }) => {
      try {
        return await client.send(command, { abortSignal });
      } catch (error) {
        // What Ceph answers for an upload that is gone, and would for ever.
        const isUnsure = (error as S3ServiceException).$metadata?.httpStatusCode === 500;
        if (isUnsure && !(await this.#isOpen(upload, options))) {
          throw new ObjectStoreError("UPLOAD_GONE", `${what} failed: the store does not know it`);
        }
        throw error;
      }
    });
    assertStored(ETag, what);
  }

  async abort(upload: MultipartUpload, { signal }: RequestOptions = {}): Promise<void> {
    const what = `dropping the upload of ${this.#objects.uri(upload.name)}`;
    try {
      await this.#requests.run(what, signal, ({ client, abortSignal }) =>
        client.send(new AbortMultipartUploadCommand(this.#target(upload)), { abortSignal }),
      );
    } catch (error) {
      if (!isMlogError(error, "UPLOAD_GONE")) throw error;
    }
  }

  async #isOpen({ name, id }: MultipartUpload, options: RequestOptions): Promise<boolean> {
    return (await this.list(name, options)).some((open) => open.id === id);
  }

  #target({ name, id }: MultipartUpload): { Bucket: string; Key: string; UploadId: string } {
    return { ...this.#objects.address(name), UploadId: id };
  }
}
