import type { Axis, Curve } from "../protocol.ts";
import { type Buckets, bucketsBetween, bucketsOfRows } from "./buckets.ts";
import type { Columns } from "./extent.ts";
import type { LogIndex } from "./log-index.ts";
import { type Block, memoryBlock, type OrderColumn, type Series } from "./series.ts";
import { MAX_SORTED_ROWS, survivingRows } from "./surviving-rows.ts";

/** What a chart wants to see of one metric of one log. */
export interface CurveQuery {
  readonly metric: string;
  readonly axis: Axis;
  /** In units of the axis. */
  readonly from: number;
  readonly to: number;
  /** Buckets at most, about. */
  readonly points: number;
  /** Rows that the asker has already. */
  readonly after: number;
}

/** A curve, but for the run that the asker knows. */
export type LogCurve = Omit<Curve, "run" | "rank">;

const COLUMN: Readonly<Record<Axis, OrderColumn>> = { step: "step", time: "time", epoch: "batch" };

/** Sorted rows by series, and for how many rows they were made. */
const sorted = new WeakMap<Series, Partial<Record<OrderColumn, { count: number; rows: Columns }>>>();

/** @returns undefined if the log has no such metric */
export function readCurve(log: LogIndex, query: CurveQuery): LogCurve | undefined {
  const series = log.metric(query.metric);
  if (series === undefined) return undefined;
  const column = COLUMN[query.axis];
  const inOrder = series.ordered.step && series.ordered[column];
  const append = inOrder && query.after > 0 && query.after <= series.count && query.to === Infinity;
  const isSorted = inOrder || series.count <= MAX_SORTED_ROWS;
  let buckets: Buckets;
  if (append && series.count - query.after <= query.points) {
    buckets = bucketsOfRows(series.blocks(), query.after, series.count, 1);
  } else {
    const blocks = inOrder || !isSorted ? series.blocks() : sortedBlocks(series, column);
    buckets = isSorted
      ? bucketsBetween(
          blocks,
          column,
          toColumn(log, query, query.from),
          toColumn(log, query, query.to),
          query.points,
        )
      : allRows(blocks, series.count, query.points);
  }
  const { size, step, time, batch, min, max, mean } = buckets;
  return {
    metric: query.metric,
    total: series.count,
    size,
    append: append && series.count - query.after <= query.points,
    sorted: isSorted,
    nonFinite: series.count - series.extent.finite,
    step,
    time,
    epoch: batch.map((value) => log.epochs.toEpoch(value)),
    min,
    max,
    mean,
  };
}

function toColumn(log: LogIndex, { axis }: CurveQuery, x: number): number {
  return axis === "epoch" ? log.epochs.toBatch(x) : x;
}

function allRows(blocks: readonly Block[], count: number, points: number): Buckets {
  let size = 1;
  while (count / size > points) size *= 2;
  return bucketsOfRows(blocks, 0, count, size);
}

function sortedBlocks(series: Series, column: OrderColumn): Block[] {
  let kept = sorted.get(series);
  if (kept === undefined) sorted.set(series, (kept = {}));
  let made = kept[column];
  if (made?.count !== series.count) {
    made = { count: series.count, rows: survivingRows(series.blocks(), column) };
    kept[column] = made;
  }
  return [memoryBlock(made.rows)];
}
