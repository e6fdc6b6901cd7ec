import { MlogError } from "@mlog/core";

/**
 * What goes wrong in a store, as far as it matters for what to do next. In brackets what an upload
 * then does: it *fails* for good, is tried *again* with growing pauses, or is *parked*: tried again
 * every minute, since somebody must mend something first.
 * - `OBJECT_EXISTS`: there is an object of that name, and it must not be replaced (fails)
 * - `INVALID_OBJECT_NAME`: the store cannot or must not have an object of that name (fails)
 * - `OBJECT_TOO_LARGE`: the store takes no object of that size (fails)
 * - `BODY_UNREADABLE`: the bytes to be sent are not there any more (fails)
 * - `STORE_UNAVAILABLE`: no connection, no answer, half an answer, a server's own error (again)
 * - `STORE_THROTTLED`: the store asks to slow down (again)
 * - `CHECKSUM_MISMATCH`: other bytes arrived than were sent (again)
 * - `UPLOAD_GONE`: the store does not know the upload in parts, or not these parts (again, from its beginning)
 * - `ACCESS_DENIED`: the credentials are missing, wrong, expired or not allowed to do this (parked)
 * - `BUCKET_NOT_FOUND`: the bucket, container or folder of all objects is not there (parked)
 * - `CLOCK_SKEW`: the clock of this machine is so wrong that signatures are refused (parked)
 * - `NOT_AN_OBJECT_STORE`: what answers at the endpoint does not speak the protocol (parked)
 * - `REQUEST_REJECTED`: the store refuses an option, such as a storage class it does not know (parked)
 * - `STORE_FULL`: a quota is used up, or the disk is full (parked)
 * - `OBJECT_CHANGED`: there is another version than the one that was to be replaced or read (again, in place of that one)
 * - `OBJECT_NOT_FOUND`, `INVALID_RANGE`: only where objects are read
 */
export type ObjectStoreErrorCode =
  | "OBJECT_EXISTS"
  | "INVALID_OBJECT_NAME"
  | "OBJECT_TOO_LARGE"
  | "BODY_UNREADABLE"
  | "STORE_UNAVAILABLE"
  | "STORE_THROTTLED"
  | "CHECKSUM_MISMATCH"
  | "UPLOAD_GONE"
  | "ACCESS_DENIED"
  | "BUCKET_NOT_FOUND"
  | "CLOCK_SKEW"
  | "NOT_AN_OBJECT_STORE"
  | "REQUEST_REJECTED"
  | "STORE_FULL"
  | "OBJECT_NOT_FOUND"
  | "OBJECT_CHANGED"
  | "INVALID_RANGE";

/** How a store fails. Its message never holds a secret, nor a URL with a query. */
export class ObjectStoreError extends MlogError {
  override readonly name: string = "ObjectStoreError";
  declare readonly code: ObjectStoreErrorCode;
  /** How long the store asks to wait, in ms. */
  declare readonly retryAfter?: number;

  constructor(
    code: ObjectStoreErrorCode,
    message: string,
    { retryAfter, ...options }: ErrorOptions & { readonly retryAfter?: number | undefined } = {},
  ) {
    super(code, message, options);
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}
