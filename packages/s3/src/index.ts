export type { S3Credentials, S3Options } from "./options.ts";
export { S3ObjectStore } from "./s3-object-store.ts";
