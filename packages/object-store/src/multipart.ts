import type { ObjectBody } from "./object-body.ts";
import type { ObjectAttributes, PutOptions, RequestOptions } from "./request-options.ts";

/** An upload in parts that was begun. Plain data: it is kept on disk, and another process may go on with it. */
export interface MultipartUpload {
  readonly name: string;
  /** The store's own. */
  readonly id: string;
}

/** A part that has arrived. Plain data, as {@link MultipartUpload}. */
export interface UploadedPart {
  /** 1 and up. */
  readonly number: number;
  /** What the store wants to be told at the end (an ETag, most often). */
  readonly tag: string;
  /** The CRC-32 of its bytes, as in {@link ObjectBody.checksums}. */
  readonly crc32: number;
}

/**
 * Objects that arrive in parts, in any order and several at a time. An upload that the store does not
 * know (any more) is `UPLOAD_GONE`, and so is one that is completed with parts that it does not know.
 */
export interface MultipartUploads {
  /** The smallest part but the last that the store takes, in bytes. */
  readonly minPartSize: number;
  /** In bytes. */
  readonly maxPartSize: number;
  readonly maxParts: number;
  /** Begins an upload; the object is not there before {@link complete}. */
  start(name: string, options?: ObjectAttributes & RequestOptions): Promise<MultipartUpload>;
  /** Sends a part; one with the same number is replaced. */
  putPart(
    upload: MultipartUpload,
    number: number,
    body: ObjectBody,
    options?: RequestOptions,
  ): Promise<UploadedPart>;
  /** The uploads of exactly this name that are neither complete nor aborted. */
  list(name: string, options?: RequestOptions): Promise<readonly MultipartUpload[]>;
  /**
   * Makes the object of `parts`, which are all of them, in order. The options are those of
   * {@link start} again, since some stores take them here; `ifNoneMatch` is decided here.
   */
  complete(upload: MultipartUpload, parts: readonly UploadedPart[], options?: PutOptions): Promise<void>;
  /** Drops the upload and its parts; one that is gone already is no error. */
  abort(upload: MultipartUpload, options?: RequestOptions): Promise<void>;
}
