export { CloseError, type DestinationDelivery } from "./closing.ts";
export type {
  Delivery,
  LoggerDestination,
  RemoteFile,
  RunContext,
  TransferOptions,
  Upload,
  UploadRequest,
} from "./destination.ts";
export {
  type CodedError,
  type CoreErrorCode,
  MlogAggregateError,
  MlogError,
  MlogRangeError,
  MlogTypeError,
  describe,
  isMlogError,
} from "./errors.ts";
export { EVENTS, type Event } from "./event.ts";
export { type ImageOptions, type Images, image } from "./images.ts";
export { type CloseOptions, Logger, type LoggerOptions } from "./logger.ts";
export type { Scalar } from "./metric-set.ts";
export {
  type NameVariables,
  type TimedNameVariables,
  assertSafeName,
  formatName,
  formatNameWithTime,
  toRemoteName,
} from "./name-format.ts";
export { type PlainRecord, type PlainValue, toPlain } from "./plain-value.ts";
export { type GivenRanks, type Ranks, readRanks } from "./ranks.ts";
export type {
  Cell,
  Histogram,
  ImageBatch,
  ImageSnapshot,
  Mask,
  Metrics,
  Pixels,
  Stamp,
  Table,
} from "./records.ts";
export { State, type StateJson, type StateOptions } from "./state.ts";
export type { DType, TensorData, TensorLike } from "./tensor.ts";
export { Time, type TimeLike, type TimeUnit } from "./time.ts";
export { type Advance, type BatchAdvance, Timestamp, type TimestampFields } from "./timestamp.ts";
