import { describe, MlogRangeError, MlogTypeError } from "@mlog/core";
import { checkPoints, choosePoints } from "./downsample.ts";
import { pickRows } from "./merged-rows.ts";
import { readColumn } from "./rows.ts";
import type { Rows } from "./rows.ts";
import { STEP, TIME, VALUE } from "./stamp-columns.ts";

/** Which points of a metric are wanted. Both ends of a window belong to it. */
export interface Selection {
  /** Lowest step. Default: no bound, as for the others. */
  readonly fromStep?: number | undefined;
  /** Highest step. */
  readonly toStep?: number | undefined;
  /** Earliest time, in Unix milliseconds. */
  readonly fromTime?: number | undefined;
  /** Latest time, in Unix milliseconds. */
  readonly toTime?: number | undefined;
  /** At most this many points of the window, chosen as by `downsample` over their steps. At least 2. */
  readonly points?: number | undefined;
}

/** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT` */
export function checkSelection(selection: Selection): void {
  if (typeof selection !== "object" || selection === null) {
    throw new MlogTypeError("INVALID_ARGUMENT", `a selection must be an object, got ${describe(selection)}`);
  }
  const { fromStep, toStep, fromTime, toTime, points } = selection;
  for (const [name, bound] of Object.entries({ fromStep, toStep, fromTime, toTime })) checkBound(bound, name);
  if (points !== undefined) checkPoints(points);
}

/** The points in the window. */
export function inWindow(rows: Rows, selection: Selection): Rows {
  const { fromStep = -Infinity, toStep = Infinity, fromTime = -Infinity, toTime = Infinity } = selection;
  return within(within(rows, STEP, fromStep, toStep), TIME, fromTime, toTime);
}

/** At most `points` of the points. */
export function thinned(rows: Rows, points: number = Infinity): Rows {
  if (rows.length <= points) return rows;
  const curve = {
    length: rows.length,
    y: rows.pieces(),
    xAt: (place: number) => rows.at(STEP, place),
    yAt: (place: number) => rows.at(VALUE, place),
  };
  return pickRows(rows, choosePoints(curve, points));
}

function checkBound(bound: number | undefined, name: string): void {
  if (bound === undefined || (typeof bound === "number" && !Number.isNaN(bound))) return;
  throw new MlogRangeError("INVALID_ARGUMENT", `${name} must be a number, got ${describe(bound)}`);
}

/** The points whose value in `column` is at least `from` and at most `to`. */
function within(rows: Rows, column: number, from: number, to: number): Rows {
  if (from === -Infinity && to === Infinity) return rows;
  if (rows.isAscending(column)) {
    const start = firstIndex(rows, column, (value) => value >= from);
    return rows.slice(
      start,
      Math.max(
        start,
        firstIndex(rows, column, (value) => value > to),
      ),
    );
  }
  const values = readColumn(rows, column);
  const picked = new Uint32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! >= from && values[i]! <= to) picked[count++] = i;
  return count === rows.length ? rows : pickRows(rows, picked.slice(0, count));
}

/** By bisection: the first place from which `reached` is true, or the length. */
function firstIndex(rows: Rows, column: number, reached: (value: number) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (reached(rows.at(column, middle))) high = middle;
    else low = middle + 1;
  }
  return low;
}
