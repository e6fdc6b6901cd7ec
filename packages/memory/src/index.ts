export { downsample, type Downsampled } from "./downsample.ts";
export { type Evicted, InMemoryLogger } from "./in-memory-logger.ts";
export type { InMemoryLoggerOptions } from "./options.ts";
export type { Entry, Records } from "./record-store.ts";
export type { Selection } from "./selection.ts";
export { toSplitJson } from "./split-json.ts";
export { STAMP_COLUMNS, type StampColumn } from "./stamp-columns.ts";
export type { Logged, Point, Timeseries } from "./timeseries.ts";
