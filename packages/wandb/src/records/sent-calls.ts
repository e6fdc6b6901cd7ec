/** Marks that are kept at most; beyond, every other one goes, and the count lags behind by as much. */
const MAX_MARKS = 4096;

/** Tells how many calls have arrived when so many rows have. */
export class SentCalls {
  #rows = 0;
  #calls = 0;
  #marks: { readonly rows: number; readonly calls: number }[] = [];
  #every = 1;
  #arrived = 0;

  /** A row is made, and up to it so many calls were kept. */
  row(calls: number): void {
    this.#rows++;
    this.#calls = calls;
    if (this.#rows % this.#every !== 0) return;
    this.#marks.push({ rows: this.#rows, calls: this.#calls });
    if (this.#marks.length <= MAX_MARKS) return;
    this.#every *= 2;
    this.#marks = this.#marks.filter(({ rows }) => rows % this.#every === 0);
  }

  /** So many rows have arrived: the calls that are in them, or somewhat fewer. */
  sent(rows: number): number {
    let index = 0;
    while (index < this.#marks.length && this.#marks[index]!.rows <= rows) {
      this.#arrived = this.#marks[index++]!.calls;
    }
    this.#marks.splice(0, index);
    return rows === this.#rows ? this.#calls : this.#arrived;
  }
}
