/** A set of integers that come nearly in order, kept as ranges. */
export class NumberRanges {
  /** Ascending, apart from one another. */
  readonly #ranges: [from: number, to: number][] = [];

  add(from: number, to: number): void {
    const ranges = this.#ranges;
    const last = ranges.at(-1);
    // As it nearly always is: right behind what is there.
    if (last !== undefined && from >= last[0] && from <= last[1] + 1) {
      last[1] = Math.max(last[1], to);
      return;
    }
    const touching = ranges.filter((range) => from <= range[1] + 1 && to >= range[0] - 1);
    const merged: [number, number] = [
      Math.min(from, ...touching.map(([start]) => start)),
      Math.max(to, ...touching.map(([, end]) => end)),
    ];
    const before = ranges.findIndex((range) => range[1] + 1 >= from);
    const index = before < 0 ? ranges.length : before;
    ranges.splice(index, touching.length, merged);
  }

  /** What is missing from `start` to the highest number. */
  *gaps(start: number): Generator<readonly [from: number, to: number], void, void> {
    let next = start;
    for (const [from, to] of this.#ranges) {
      if (from > next) yield [next, from - 1];
      next = to + 1;
    }
  }
}
