import type { ChecksumAlgorithm, ObjectBody } from "./object-body.ts";
import type { MultipartUploads } from "./multipart.ts";
import type { GetOptions, PutOptions, RequestOptions } from "./request-options.ts";

/** An object without its bytes, as a listing gives it. */
export interface ListedObject {
  /** As it was put: without whatever prefix the store adds. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** What a store says of an object. */
export interface ObjectInfo extends ListedObject {
  readonly contentType?: string;
  /** What was put with it, at least. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Changes whenever the object is put anew (an ETag, most often). */
  readonly version: string;
}

/** The bytes of an object, or of a range of it. */
export interface ObjectContent {
  /** Of the whole object, also where a range was asked for. */
  readonly info: ObjectInfo;
  /**
   * To be read, once: an object that is asked for and not read may hold a connection. Leaving the loop over it early ends the request; it throws
   * `STORE_UNAVAILABLE` if fewer bytes arrive than were announced.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * A place for named bytes. It is dumb: each call is one attempt (or a few requests that make up one),
 * nothing is retried, nothing waits in a queue, and nothing has a deadline but by `signal`. What goes
 * wrong is thrown as an {@link ObjectStoreError}, whose `code` decides what becomes of an upload;
 * anything else that is thrown counts as trouble that may pass.
 *
 * Names are relative paths with `/` between their segments and follow `assertSafeName` of `@mlog/core`;
 * others are refused with `INVALID_OBJECT_NAME`, before anything is sent.
 */
export interface ObjectStore {
  /**
   * By what the store checks bytes on arrival. Bodies come with that one besides their CRC-32, but for those that somebody else
   * made: what is not there cannot be checked. Default: `"crc32"`.
   */
  readonly checksum?: ChecksumAlgorithm;
  /** The largest object that {@link put} takes, in bytes; larger ones go in parts. Default: no limit. */
  readonly maxPutSize?: number;
  /** Makes an object, all of it or nothing. */
  put(name: string, body: ObjectBody, options?: PutOptions): Promise<void>;
  /** @throws ObjectStoreError `OBJECT_NOT_FOUND` */
  head(name: string, options?: RequestOptions): Promise<ObjectInfo>;
  /** @throws ObjectStoreError `OBJECT_NOT_FOUND`, `OBJECT_CHANGED`, `INVALID_RANGE` */
  get(name: string, options?: GetOptions): Promise<ObjectContent>;
  /** All objects whose names begin with `prefix`, by their names in the order of their UTF-8 bytes; in pages, as they are asked for. */
  list(prefix: string, options?: RequestOptions): AsyncIterable<ListedObject>;
  /** Deletes the object, if there is one. */
  delete(name: string, options?: RequestOptions): Promise<void>;
  /**
   * Where the object is or would be, such as `s3://bucket/prefix/name`, without secrets; for the
   * name `""` what all of them begin with, which tells this store from others.
   */
  uri(name: string): string;
  /** Uploads in parts; without it, every object goes in one `put`. */
  readonly multipart?: MultipartUploads;
  /** Gives sockets and the like back. */
  close?(): Promise<void>;
}
