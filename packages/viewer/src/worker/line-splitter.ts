const NEWLINE = 10;

/** What becomes of a line: `bytes` is valid during the call only, and undefined if the line is too long. */
export type TakeLine = (bytes: Buffer | undefined, byte: number) => void;

/** Cuts the bytes of a log, as they arrive, into its complete lines. Holds at most one unfinished line. */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #parts: Buffer[] = [];
  #held = 0;
  #lineByte: number;

  /** @param start the byte of the log that comes first; a line begins there */
  constructor(start: number, maxLineBytes: number) {
    this.#lineByte = start;
    this.#maxLineBytes = maxLineBytes;
  }

  /** Where the line begins that is not complete yet. */
  get lineByte(): number {
    return this.#lineByte;
  }

  /** The byte of the log that is to come next. */
  get position(): number {
    return this.#lineByte + this.#held;
  }

  add(block: Buffer, take: TakeLine): void {
    let start = 0;
    for (;;) {
      const newline = block.indexOf(NEWLINE, start);
      if (newline < 0) break;
      const rest = block.subarray(start, newline);
      const length = this.#held + rest.length;
      const bytes =
        length > this.#maxLineBytes
          ? undefined
          : this.#held === 0
            ? rest
            : Buffer.concat([...this.#parts, rest]);
      const byte = this.#lineByte;
      this.#lineByte += length + 1;
      this.#parts = [];
      this.#held = 0;
      start = newline + 1;
      take(bytes, byte);
    }
    this.#held += block.length - start;
    if (this.#held > this.#maxLineBytes) this.#parts = [];
    else if (start < block.length) this.#parts.push(Buffer.from(block.subarray(start)));
  }
}
