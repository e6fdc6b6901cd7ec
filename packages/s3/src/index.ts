export type { S3Credentials, S3Options } from "./options.ts";
export { S3Logger, type S3LoggerOptions } from "./s3-logger.ts";
export { s3Store } from "./s3-store.ts";
