/** Calls that follow each other, both ends included. */
export interface SeqRange {
  readonly from: number;
  readonly to: number;
}

/** Numbers, kept as the fewest ranges that hold exactly them. */
export class SeqRanges {
  #ranges: SeqRange[] = [];

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** The lowest range. */
  get first(): SeqRange | undefined {
    return this.#ranges[0];
  }

  /** Adds one that is in no range yet. Most are above all others. */
  add(seq: number): void {
    let at = this.#ranges.length;
    while (at > 0 && this.#ranges[at - 1]!.from > seq) at--;
    const below = this.#ranges[at - 1];
    const above = this.#ranges[at];
    const joinsBelow = below?.to === seq - 1;
    const joinsAbove = above?.from === seq + 1;
    const range = { from: joinsBelow ? below.from : seq, to: joinsAbove ? above.to : seq };
    this.#ranges.splice(at - Number(joinsBelow), Number(joinsBelow) + Number(joinsAbove), range);
  }

  removeFirst(): void {
    this.#ranges.shift();
  }
}
