import type { Origin } from "@mlog/file";
import type { LogSummary } from "../protocol.ts";
import type { EpochScaleState } from "./epoch-scale.ts";
import type { SeriesState } from "./series.ts";

/** What is kept of the index of a log between two runs of the viewer, beside its columns. */
export interface IndexState {
  readonly version: 1;
  readonly file: string;
  readonly firstLine: string;
  /** Up to which byte the log was read. */
  readonly position: number;
  readonly columnBytes: number;
  readonly head: Omit<LogSummary, "metrics" | "entries" | "bytes">;
  readonly origin: Origin;
  readonly epochs: EpochScaleState;
  readonly metrics: readonly (readonly [name: string, series: SeriesState])[];
  readonly entries: readonly (readonly [key: string, series: SeriesState])[];
}

/** Whether it is of this release; only the viewer writes in that folder, so no more is checked. */
export function isIndexState(value: unknown): value is IndexState {
  return typeof value === "object" && value !== null && (value as { version?: unknown }).version === 1;
}
