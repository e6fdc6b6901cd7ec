const ZEROS = Buffer.alloc(1 << 20);

/** The bytes of an object. Runs of zeros take no memory, so that sparse files of gigabytes fit. */
export class Content {
  /** A number is that many zeros. */
  readonly #pieces: (Buffer | number)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(piece: Buffer | number): void {
    const length = typeof piece === "number" ? piece : piece.length;
    const isZero = typeof piece === "number" || isZeros(piece);
    const last = this.#pieces.at(-1);
    if (isZero && typeof last === "number") this.#pieces[this.#pieces.length - 1] = last + length;
    else if (length > 0) this.#pieces.push(isZero ? length : piece);
    this.#size += length;
  }

  appendAll(other: Content): void {
    for (const piece of other.#pieces) this.append(piece);
  }

  /** The bytes from `start` to before `end`. */
  *read(start = 0, end: number = this.#size): Iterable<Buffer> {
    let position = 0;
    for (const piece of this.#pieces) {
      const length = typeof piece === "number" ? piece : piece.length;
      const from = Math.max(0, start - position);
      const to = Math.min(length, end - position);
      position += length;
      if (typeof piece !== "number" && from < to) yield piece.subarray(from, to);
      else for (let at = from; at < to; at += ZEROS.length) yield ZEROS.subarray(0, to - at);
    }
  }

  bytes(): Buffer {
    return Buffer.concat([...this.read()]);
  }
}

function isZeros(bytes: Buffer): boolean {
  return (
    bytes.length >= 4096 && bytes.length <= ZEROS.length && bytes.equals(ZEROS.subarray(0, bytes.length))
  );
}
