import type { Metrics, Stamp, Timestamp } from "@mlog/core";
import type { Rows } from "./rows.ts";

/** The last point of a metric. */
export interface LastPoint {
  readonly sequence: number;
  readonly value: number;
  readonly step: number;
  readonly time: number;
  readonly timestamp: Timestamp;
}

/** Those points of one metric that lie in one place; a metric may have several such parts. */
export interface MetricPart {
  /** Points ever added. */
  readonly total: number;
  last(): LastPoint;
  /** What is kept now, in logging order, at least the newest points that retention asks for. */
  rows(): Rows;
}

/** Where the calls with one set of names go. */
export interface MetricLayout {
  /** `parts[i]` gets the i-th value of each call. */
  readonly parts: readonly MetricPart[];
  /** `sequence` rises from call to call, also across layouts. */
  append(sequence: number, metrics: Metrics, stamp: Stamp): void;
}
