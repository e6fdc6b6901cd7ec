/** Memory that is used again, since asking the system for pages and giving them back takes longer than filling them. */
export class BufferPool {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  readonly #limit: number;

  /** @param limit how many unused buffers are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Its content is undefined. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const index = this.#free.findIndex((buffer) => buffer.length === length);
    return index === -1 ? new Uint8Array(length) : this.#free.splice(index, 1)[0]!;
  }

  /** Nobody may use the buffer afterwards. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    this.#free.push(buffer);
    if (this.#free.length > this.#limit) this.#free.shift();
  }
}
