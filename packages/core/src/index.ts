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
export { assertSafeName, formatName, formatNameWithTime } from "./name-format.ts";
export { type PlainRecord, type PlainValue, toPlain } from "./plain-value.ts";
export { type Ranks, readRanks } from "./ranks.ts";
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
export { State, type StateOptions } from "./state.ts";
export type { DType, TensorData, TensorLike } from "./tensor.ts";
export { Time, type TimeUnit } from "./time.ts";
export { Timestamp } from "./timestamp.ts";
