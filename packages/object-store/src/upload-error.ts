import { MlogError } from "@mlog/core";

/**
 * How an upload or download fails, besides the codes of the store ({@link ObjectStoreErrorCode}).
 * - `SOURCE_NOT_FOUND`, `SOURCE_NOT_A_FILE`, `SOURCE_UNREADABLE`: what there is instead of a file
 * - `SOURCE_CHANGED`: it was written to while it was being copied
 * - `STAGING_FULL`: the copy would exceed `maxStagedBytes`, or the disk is full
 * - `STAGING_FAILED`: the staging folder cannot be written to
 * - `STAGED_COPY_DAMAGED`: the copy is not what it was when it was made
 * - `TOO_MANY_UPLOADS`: `maxUploads` are waiting
 * - `UPLOAD_IN_QUEUE`: an upload of that name waits, and this one may not replace it
 * - `UPLOAD_SUPERSEDED`: a later upload of that name came before this one was sent
 * - `UPLOADS_LEFT`: the logger was closed first; the upload waits in the staging folder
 * - `UPLOADS_DELAYED`: the store takes nothing at the moment (a report, nothing has failed)
 * - `UPLOADS_PARKED`: somebody must mend something before the store takes anything (a report)
 * - `CHECK_NOT_REMOVED`: the small object that was written at the beginning could not be deleted (a report)
 * - `UPLOADER_FAILED`: the uploading thread has died; what is staged waits in the staging folder
 * - `STAGING_OF_OTHER_STORE`: the staging folder holds uploads for another store
 * - `FILE_EXISTS`: there is a local file already, and a download may not replace it
 * - `DOWNLOAD_FAILED`: the local file cannot be written
 */
export type UploadErrorCode =
  | "SOURCE_NOT_FOUND"
  | "SOURCE_NOT_A_FILE"
  | "SOURCE_UNREADABLE"
  | "SOURCE_CHANGED"
  | "STAGING_FULL"
  | "STAGING_FAILED"
  | "STAGED_COPY_DAMAGED"
  | "TOO_MANY_UPLOADS"
  | "UPLOAD_IN_QUEUE"
  | "UPLOAD_SUPERSEDED"
  | "UPLOADS_LEFT"
  | "UPLOADS_DELAYED"
  | "UPLOADS_PARKED"
  | "CHECK_NOT_REMOVED"
  | "UPLOADER_FAILED"
  | "STAGING_OF_OTHER_STORE"
  | "FILE_EXISTS"
  | "DOWNLOAD_FAILED";

/** What goes wrong on this side of the store. */
export class UploadError extends MlogError {
  override readonly name: string = "UploadError";
  declare readonly code: UploadErrorCode;
}
