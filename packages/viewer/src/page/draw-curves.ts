import type uPlot from "uplot";
import type { Axis, Curve } from "../protocol.ts";

/** A curve as it is drawn. */
export interface DrawnCurve {
  readonly curve: Curve;
  readonly x: Float64Array;
  /** What the line goes through. */
  readonly y: Float64Array;
  /** The line before it was smoothed, if it was. */
  readonly raw: Float64Array | undefined;
  readonly colour: string;
  readonly dash: readonly number[];
}

/** The numbers of a curve along an axis. */
export function along(curve: Curve, axis: Axis): Float64Array {
  return curve[axis];
}

/** Draws curves into a chart, each with the band between its lowest and highest values. */
export function drawCurves(chart: uPlot, curves: readonly DrawnCurve[], showsBand: boolean): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = "round";
  for (const { curve, x, colour } of showsBand ? curves : []) {
    if (curve.size === 1) continue;
    ctx.fillStyle = colour;
    ctx.globalAlpha = 0.22;
    fillBand(chart, x, curve.min, curve.max);
  }
  for (const { x, y, raw, colour, dash } of curves) {
    ctx.strokeStyle = colour;
    if (raw !== undefined) {
      ctx.globalAlpha = 0.25;
      ctx.lineWidth = ratio;
      strokeLine(chart, x, raw);
    }
    ctx.globalAlpha = 1;
    ctx.lineWidth = 1.75 * ratio;
    ctx.setLineDash(dash.map((length) => length * ratio));
    strokeLine(chart, x, y);
    ctx.setLineDash([]);
    if (x.length <= 40) drawDots(chart, x, y, colour);
  }
  ctx.restore();
}

/** The first and the last place that a chart has to draw: those next to what is seen. */
function seen(chart: uPlot, x: Float64Array): [number, number] {
  const { min = -Infinity, max = Infinity } = chart.scales["x"]!;
  return [Math.max(0, lowerBound(x, min) - 1), Math.min(x.length, lowerBound(x, max) + 1)];
}

function strokeLine(chart: uPlot, x: Float64Array, y: Float64Array): void {
  const { ctx } = chart;
  const [from, to] = seen(chart, x);
  ctx.beginPath();
  let isOpen = false;
  for (let i = from; i < to; i++) {
    const value = y[i]!;
    if (!Number.isFinite(value)) {
      isOpen = false;
      continue;
    }
    const [left, top] = [chart.valToPos(x[i]!, "x", true), chart.valToPos(value, "y", true)];
    if (isOpen) ctx.lineTo(left, top);
    else ctx.moveTo(left, top);
    isOpen = true;
  }
  ctx.stroke();
}

function fillBand(chart: uPlot, x: Float64Array, min: Float64Array, max: Float64Array): void {
  const { ctx } = chart;
  const [from, to] = seen(chart, x);
  for (let start = from; start < to;) {
    while (start < to && Number.isNaN(min[start]!)) start++;
    let end = start;
    ctx.beginPath();
    for (; end < to && !Number.isNaN(max[end]!); end++) {
      ctx.lineTo(chart.valToPos(x[end]!, "x", true), chart.valToPos(max[end]!, "y", true));
    }
    for (let i = end - 1; i >= start; i--) {
      ctx.lineTo(chart.valToPos(x[i]!, "x", true), chart.valToPos(min[i]!, "y", true));
    }
    ctx.closePath();
    ctx.fill();
    start = end + 1;
  }
}

function drawDots(chart: uPlot, x: Float64Array, y: Float64Array, colour: string): void {
  const { ctx } = chart;
  ctx.fillStyle = colour;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i]!)) continue;
    ctx.beginPath();
    const [left, top] = [chart.valToPos(x[i]!, "x", true), chart.valToPos(y[i]!, "y", true)];
    ctx.arc(left, top, 2.5 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
  }
}

/** The first place of ascending numbers that is at least `limit`. */
function lowerBound(ascending: Float64Array, limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place whose x is nearest; -1 if there is none. */
export function nearest(ascending: Float64Array, x: number): number {
  const at = lowerBound(ascending, x);
  if (at === 0) return ascending.length === 0 ? -1 : 0;
  if (at === ascending.length) return at - 1;
  return x - ascending[at - 1]! < ascending[at]! - x ? at - 1 : at;
}

/** The lowest and the highest value within a stretch of x; undefined if there is none. */
export function valuesWithin(
  curves: readonly DrawnCurve[],
  from: number,
  to: number,
  withBand: boolean,
  onlyPositive: boolean,
): readonly [low: number, high: number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const { curve, x, y, raw } of curves) {
    const columns = [y, ...(raw === undefined ? [] : [raw]), ...(withBand ? [curve.min, curve.max] : [])];
    const [start, end] = [Math.max(0, lowerBound(x, from) - 1), Math.min(x.length, lowerBound(x, to) + 1)];
    for (const column of columns) {
      for (let i = start; i < end; i++) {
        const value = column[i]!;
        if (!Number.isFinite(value) || (onlyPositive && value <= 0)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  return low <= high ? [low, high] : undefined;
}
