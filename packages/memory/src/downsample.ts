import { describe, MlogRangeError, MlogTypeError } from "@mlog/core";
import { extremesOfBuckets } from "./extremes.ts";
import { largestTriangles } from "./largest-triangles.ts";

/** Buckets of the first pass per point asked for; each gives two candidates for the second. */
const BUCKETS_PER_POINT = 2;

/** What {@link downsample} chose. */
export interface Downsampled {
  /** Ascending places in the arrays that were given, so that other columns can follow. */
  readonly indices: Uint32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * Chooses `points` points of a curve that look like all of them when drawn: MinMaxLTTB (Van Der Donckt
 * et al., 2023). One pass keeps the extremes of `2 * points` stretches, then largest triangles
 * choose among those. All chosen points are points of the curve; nothing is averaged.
 *
 * - Kept always: the first and the last point and, from 4 points on, the lowest and the highest value
 *   (the first of equal ones, between the ends).
 * - Exactly `points` points come back, or all of them if there are no more than that.
 * - NaN is a gap: it is never an extreme, and a bucket with nothing else leaves one NaN, so that a gap
 *   of `4 * y.length / (points - 2)` values or more is still a gap; a shorter one may be closed.
 *   Infinities are extremes.
 * - Stretches have equal numbers of points, so `x` may be unevenly spaced. Where it is not ascending
 *   the result keeps the given order.
 *
 * @throws MlogTypeError `INVALID_ARGUMENT` if `x` or `y` is not a Float64Array; MlogRangeError
 * `INVALID_ARGUMENT` if their lengths differ or `points` is not an integer of at least 2.
 */
export function downsample(x: Float64Array, y: Float64Array, points: number): Downsampled {
  checkArray(x, "x");
  checkArray(y, "y");
  if (x.length !== y.length) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `x and y must have the same length, got ${x.length} and ${y.length}`,
    );
  }
  checkPoints(points);
  const indices = choosePoints(
    { length: y.length, y: [y], xAt: (place) => x[place]!, yAt: (place) => y[place]! },
    points,
  );
  return { indices, x: gather(x, indices), y: gather(y, indices) };
}

/** @throws MlogRangeError `INVALID_ARGUMENT` */
export function checkPoints(points: unknown): void {
  if (Number.isSafeInteger(points) && (points as number) >= 2) return;
  throw new MlogRangeError(
    "INVALID_ARGUMENT",
    `points must be an integer of at least 2, for the first and the last, got ${describe(points)}`,
  );
}

/** A curve whose values come in pieces, each of which need not outlive the next. */
export interface Curve {
  readonly length: number;
  readonly y: Iterable<Float64Array>;
  xAt(place: number): number;
  yAt(place: number): number;
}

/** The places of the points that {@link downsample} chooses. */
export function choosePoints({ length, y, xAt, yAt }: Curve, points: number): Uint32Array {
  if (length <= points) return Uint32Array.from({ length }, (_, i) => i);
  if (points === 2) return Uint32Array.of(0, length - 1);
  const { places, lowest, highest } = extremesOfBuckets(
    y,
    length,
    Math.min(length - 2, BUCKETS_PER_POINT * points),
  );
  const extremes = { lowest: places.indexOf(lowest), highest: places.indexOf(highest) };
  const x = new Float64Array(places.length);
  const values = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) {
    x[i] = xAt(places[i]!);
    values[i] = yAt(places[i]!);
  }
  return largestTriangles(x, values, extremes, points).map((chosen) => places[chosen]!);
}

function gather(values: Float64Array, indices: Uint32Array): Float64Array {
  const out = new Float64Array(indices.length);
  for (let i = 0; i < out.length; i++) out[i] = values[indices[i]!]!;
  return out;
}

function checkArray(values: unknown, argument: string): void {
  // The tag, since an array may come from another realm (a frame, a test runner's context).
  if (Object.prototype.toString.call(values) === "[object Float64Array]") return;
  throw new MlogTypeError(
    "INVALID_ARGUMENT",
    `${argument} must be a Float64Array, got ${describe(values)}; Float64Array.from copies other numbers`,
  );
}
