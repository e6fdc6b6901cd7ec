export { streamBody } from "./body-stream.ts";
export { bytesOfRange } from "./byte-range.ts";
export type { TransferProgress } from "./engine/engine.ts";
export { type FinishedUploads, type FinishOptions, finishUploads } from "./finish-uploads.ts";
export { type FolderStoreOptions, FolderObjectStore } from "./folder-object-store.ts";
export { folderStore } from "./folder-store.ts";
export { MemoryObjectStore, type MemoryStoreOptions } from "./memory-object-store.ts";
export type { MultipartUpload, MultipartUploads, UploadedPart } from "./multipart.ts";
export {
  bodyOf,
  type ChecksumAlgorithm,
  type Checksums,
  type FileRange,
  type ObjectBody,
  readBody,
} from "./object-body.ts";
export { assertObjectName, assertPrefix, compareNames } from "./object-name.ts";
export { ObjectStoreError, type ObjectStoreErrorCode } from "./object-store-error.ts";
export { ObjectStoreLogger } from "./object-store-logger.ts";
export type { ListedObject, ObjectContent, ObjectInfo, ObjectStore } from "./object-store.ts";
export type { ObjectStoreLoggerOptions, UploadOptions } from "./options.ts";
export type {
  GetOptions,
  ObjectAttributes,
  PutConditions,
  PutOptions,
  RequestOptions,
} from "./request-options.ts";
export { findUploads, type WaitingUploads } from "./staging/staging-folder.ts";
export { type CreateObjectStore, openStore, type StoreModule } from "./store-module.ts";
export { type Attempt, StoreRequests, type TranslateError } from "./store-requests.ts";
export { UploadError, type UploadErrorCode } from "./upload-error.ts";
