import { StringDecoder } from "node:string_decoder";

/** A line without a line break is cut at this many characters, so that none waits without bound. */
const LINE_LIMIT = 65_536;

/** Makes lines of the pieces in which they are written to a stream. */
export class LineJoiner {
  readonly #onLine: (line: string) => void;
  /** Holds back the beginning of a character whose other bytes are still to come. */
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes what `write` of a stream was given. */
  add(chunk: unknown, encoding: unknown): void {
    this.#rest += this.#decode(chunk, encoding);
    if (!this.#rest.includes("\n") && this.#rest.length < LINE_LIMIT) return;
    const lines = this.#rest.split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#emit(line.endsWith("\r") ? line.slice(0, -1) : line);
    if (this.#rest.length >= LINE_LIMIT) this.end();
  }

  /** Ends the line that has begun, if one has. */
  end(): void {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = "";
    if (rest !== "") this.#emit(rest);
  }

  #emit(line: string): void {
    for (let start = 0; start === 0 || start < line.length; start += LINE_LIMIT) {
      this.#onLine(line.slice(start, start + LINE_LIMIT));
    }
  }

  #decode(chunk: unknown, encoding: unknown): string {
    if (typeof chunk !== "string") {
      const { buffer, byteOffset, byteLength } = chunk as Uint8Array;
      return this.#decoder.write(Buffer.from(buffer, byteOffset, byteLength));
    }
    const isText = typeof encoding !== "string" || !Buffer.isEncoding(encoding) || /^utf-?8$/i.test(encoding);
    // The bytes of an unfinished character before text never become one.
    if (isText) return this.#decoder.end() + chunk;
    return this.#decoder.write(Buffer.from(chunk, encoding));
  }
}
