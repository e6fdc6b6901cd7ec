/** Places in a row of values; -1 where there is none. */
export interface Extremes {
  readonly lowest: number;
  readonly highest: number;
}

export interface Candidates extends Extremes {
  /** Ascending. */
  readonly places: Uint32Array;
}

/**
 * Cuts `length` values, less the first and the last, into `buckets` of equal length and keeps the lowest
 * and the highest value of each, or two NaN where a bucket has nothing else; the first and the last
 * value are kept too. One pass over the values, which come in pieces.
 */
export function extremesOfBuckets(
  pieces: Iterable<Float64Array>,
  length: number,
  buckets: number,
): Candidates {
  const places = new Uint32Array(2 * buckets + 2);
  const endOf = (bucket: number): number => 1 + Math.floor(((bucket + 1) * (length - 2)) / buckets);
  const all = new Range();
  const inBucket = new Range();
  let count = 1;
  let bucket = 0;
  let start = 1;
  let end = endOf(0);
  let place = 0;
  for (const values of pieces) {
    const pieceStart = place;
    const pieceEnd = place + values.length;
    place = Math.max(place, 1);
    while (bucket < buckets && place < pieceEnd) {
      const stop = Math.min(end, pieceEnd);
      inBucket.scan(values, place - pieceStart, stop - pieceStart, pieceStart);
      place = stop;
      if (place < end) break;
      all.include(inBucket);
      const [first, second] = inBucket.lowest < 0 ? [start, end - 1] : inBucket.places();
      places[count++] = first;
      if (first !== second) places[count++] = second;
      inBucket.clear();
      start = end;
      end = endOf(++bucket);
    }
    place = pieceEnd;
  }
  places[count++] = length - 1;
  return { places: places.slice(0, count), lowest: all.lowest, highest: all.highest };
}

/** The extremes of what it has seen so far, the first of equal ones. */
class Range implements Extremes {
  lowest = -1;
  highest = -1;
  #low = Infinity;
  #high = -Infinity;

  clear(): void {
    this.lowest = this.highest = -1;
    this.#low = Infinity;
    this.#high = -Infinity;
  }

  /** In ascending order. */
  places(): [number, number] {
    return [Math.min(this.lowest, this.highest), Math.max(this.lowest, this.highest)];
  }

  include(other: Range): void {
    if (other.lowest < 0) return;
    if (this.lowest < 0 || other.#low < this.#low) {
      this.lowest = other.lowest;
      this.#low = other.#low;
    }
    if (this.highest < 0 || other.#high > this.#high) {
      this.highest = other.highest;
      this.#high = other.#high;
    }
  }

  /** Looks at the values `from` to before `to`; the first of `values` is at place `offset`. */
  scan(values: Float64Array, from: number, to: number, offset: number): void {
    let lowAt = -1;
    let highAt = -1;
    let low = this.#low;
    let high = this.#high;
    let at = from;
    if (this.lowest < 0) {
      while (at < to && Number.isNaN(values[at])) at++;
      if (at === to) return;
      lowAt = highAt = at;
      low = high = values[at]!;
    }
    // No comparison with NaN is true, so that gaps pass by.
    for (; at < to; at++) {
      const value = values[at]!;
      if (value < low) {
        low = value;
        lowAt = at;
      } else if (value > high) {
        high = value;
        highAt = at;
      }
    }
    this.#low = low;
    this.#high = high;
    if (lowAt >= 0) this.lowest = offset + lowAt;
    if (highAt >= 0) this.highest = offset + highAt;
  }
}
