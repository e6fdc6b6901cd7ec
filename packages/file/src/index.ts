export { closeOnSignals } from "./close-on-signals.ts";
export { FileLogger } from "./file-logger.ts";
export type { FileLoggerOptions } from "./options.ts";
export { type Origin, parseRecord } from "./parse-record.ts";
export { readMedia } from "./read-media.ts";
export { type ReadOptions, readRun } from "./read-run.ts";
export { readSeries, type Series, type SeriesOptions } from "./read-series.ts";
export {
  type ColumnType,
  type DamagedRecord,
  type DroppedRecord,
  type EndRecord,
  type EventRecord,
  FORMAT_VERSION,
  type HistogramRecord,
  type HyperparametersRecord,
  type ImageCell,
  type ImageReference,
  type ImagesRecord,
  type LoggedRecord,
  MAX_LINE_BYTES,
  type MediaReference,
  type MetricsRecord,
  type OutputRecord,
  type RecordHead,
  type RunRecord,
  type StartRecord,
  type TableRecord,
  type TimestampFields,
  type TracesRecord,
  type UnknownRecord,
} from "./record.ts";
export { replay, type ReplayOptions, type ReplayResult } from "./replay.ts";
