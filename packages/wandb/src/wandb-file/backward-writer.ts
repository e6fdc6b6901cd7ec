/** What is kept for the next message, in bytes. */
const KEPT = 64 * 1024;

/**
 * Writes the parts of a message of Protocol Buffers from its end to its beginning: how long a part is, which stands
 * before it, is then known, and no part needs memory of its own.
 */
export class BackwardWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(KEPT);
  #at = KEPT;

  /** The bytes written since the last {@link take}. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }

  /** An integer, as a varint; a negative one takes ten bytes. */
  int(value: number): void {
    if (value < 0) return this.#negative(BigInt.asUintN(64, BigInt(value)));
    let length = 1;
    for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++;
    let at = this.#reserve(length);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[at++] = (rest % 128) | 128;
    this.#bytes[at] = rest;
  }

  /** Text, as UTF-8. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    const at = this.#reserve(length);
    this.#bytes.write(value, at, length, "utf8");
  }

  /** What was written, in memory of its own; the next message begins. */
  take(): Buffer {
    const message = Buffer.from(this.#bytes.subarray(this.#at));
    if (this.#bytes.length > KEPT) this.#bytes = Buffer.allocUnsafeSlow(KEPT);
    this.#at = this.#bytes.length;
    return message;
  }

  #negative(wide: bigint): void {
    let at = this.#reserve(10);
    let rest = wide;
    for (; rest > 127n; rest >>= 7n) this.#bytes[at++] = Number(rest & 127n) | 128;
    this.#bytes[at] = Number(rest);
  }

  /** Where the next `length` bytes go. */
  #reserve(length: number): number {
    if (length > this.#at) {
      const written = this.length;
      const larger = Buffer.allocUnsafeSlow(2 * (written + length));
      this.#bytes.copy(larger, larger.length - written, this.#at);
      this.#bytes = larger;
      this.#at = larger.length - written;
    }
    return (this.#at -= length);
  }
}
