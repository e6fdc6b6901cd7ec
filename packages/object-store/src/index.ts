export { bytesOfRange } from "./byte-range.ts";
export { MemoryObjectStore } from "./memory-object-store.ts";
export type { MultipartUpload, MultipartUploads, UploadedPart } from "./multipart.ts";
export { bodyOf, type Checksums, type FileRange, type ObjectBody, readBody } from "./object-body.ts";
export { assertObjectName, assertPrefix, compareNames } from "./object-name.ts";
export { ObjectStoreError, type ObjectStoreErrorCode } from "./object-store-error.ts";
export type { ListedObject, ObjectContent, ObjectInfo, ObjectStore } from "./object-store.ts";
export type { GetOptions, ObjectAttributes, PutOptions, RequestOptions } from "./request-options.ts";
export { type CreateObjectStore, openStore, type StoreModule } from "./store-module.ts";
