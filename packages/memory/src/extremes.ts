/** Places in an array of values; -1 where there is none. */
export interface Extremes {
  readonly lowest: number;
  readonly highest: number;
}

export interface Candidates extends Extremes {
  /** Ascending. */
  readonly places: Uint32Array;
}

/**
 * Cuts `y`, less its first and last value, into `buckets` stretches of equal length and keeps the
 * lowest and the highest value of each, or two NaN where a stretch has nothing else; the first and the
 * last value are kept too. One pass.
 */
export function extremesOfBuckets(y: Float64Array, buckets: number): Candidates {
  const places = new Uint32Array(2 * buckets + 2);
  let count = 1;
  let lowest = -1;
  let highest = -1;
  const inner = y.length - 2;
  for (let bucket = 0, start = 1; bucket < buckets; bucket++) {
    const end = 1 + Math.floor(((bucket + 1) * inner) / buckets);
    let lowAt = start;
    while (lowAt < end && Number.isNaN(y[lowAt])) lowAt++;
    let highAt = lowAt;
    if (lowAt === end) {
      lowAt = start;
      highAt = end - 1;
    } else {
      let low = y[lowAt]!;
      let high = low;
      // No comparison with NaN is true, so that gaps pass by.
      for (let i = lowAt + 1; i < end; i++) {
        const value = y[i]!;
        if (value < low) {
          low = value;
          lowAt = i;
        } else if (value > high) {
          high = value;
          highAt = i;
        }
      }
      if (lowest === -1 || low < y[lowest]!) lowest = lowAt;
      if (highest === -1 || high > y[highest]!) highest = highAt;
    }
    places[count++] = Math.min(lowAt, highAt);
    if (lowAt !== highAt) places[count++] = Math.max(lowAt, highAt);
    start = end;
  }
  places[count++] = y.length - 1;
  return { places: places.slice(0, count), lowest, highest };
}
