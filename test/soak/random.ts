/** A source of random numbers that a seed repeats. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number of at least 0, less than `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
}

/** The same text gives the same numbers. */
export function createRandom(seed: string): Random {
  let state = hash(seed);
  // mulberry32: small, and good enough to choose moments and cases.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => next() < probability,
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
