import type { WriteStream } from "node:tty";
import cliTruncate from "cli-truncate";
import { type Cursor, cursorAfter, moveTo, ROW_START } from "./cursor.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

type Write = WriteStream["write"];

/** So that a terminal shows an update at once or not at all; those that do not know it pass over it. */
const BEGIN = "\u001b[?2026h";
const END = "\u001b[?2026l";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/**
 * Lines at the bottom of a terminal that are drawn again and again. What the process writes meanwhile appears
 * above them, whole, also a line that is not finished yet.
 */
export class LiveArea {
  readonly #stream: WriteStream;
  readonly #terminal: Terminal;
  readonly #onErased: () => void;
  readonly #restores: (() => void)[] = [];
  /** How many lines are drawn; the cursor is below them. */
  #drawn = 0;
  /** Whether the last line of the output is not finished, and where it goes on. */
  #hasText = false;
  #cursor: Cursor = ROW_START;

  /**
   * @param others further streams that may show on the same terminal
   * @param onErased something was written, and the lines are not there any more
   */
  constructor(stream: WriteStream, others: readonly NodeJS.WritableStream[], onErased: () => void) {
    this.#stream = stream;
    this.#terminal = openTerminal(stream);
    this.#onErased = onErased;
    for (const each of new Set([stream, ...others])) {
      if ((each as Partial<WriteStream>).isTTY === true) this.#listenTo(each as WriteStream);
    }
  }

  /** In characters. */
  get columns(): number {
    return this.#stream.columns || 80;
  }

  /** Replaces what is drawn; lines that are too wide are cut. */
  draw(lines: readonly string[]): void {
    // One column is left free, since some terminals wrap as soon as the last one is filled.
    const cut = lines.map((line) => `${cliTruncate(line, Math.max(1, this.columns - 1))}${CLEAR_LINE}\n`);
    const home = this.#drawn > 0 ? up(this.#drawn) : this.#hasText ? "\n" : "";
    this.#drawn = cut.length;
    this.#terminal.write(`${BEGIN}${home}${cut.join("")}${CLEAR_BELOW}${END}`);
  }

  /** What is drawn stays, and the streams are given back. */
  close(): void {
    for (const restore of this.#restores.splice(0)) restore();
    this.#terminal.close();
  }

  /** Takes away what is drawn, and goes back to where output goes on. */
  #erase(): void {
    const clear = up(this.#drawn) + CLEAR_BELOW;
    this.#drawn = 0;
    const back = this.#hasText ? up(1) + moveTo(this.#cursor, this.columns) : "";
    this.#terminal.write(clear + back);
  }

  #listenTo(stream: WriteStream): void {
    const original = stream.write;
    const isOwn = Object.hasOwn(stream, "write");
    let isActive = true;
    const makeWay = (chunk: unknown, encoding: unknown): void => this.#makeWay(chunk, encoding);
    const write = function (this: unknown, ...given: Parameters<Write>): boolean {
      if (isActive) makeWay(given[0], given[1]);
      return Reflect.apply(original, this, given);
    } as Write;
    stream.write = write;
    this.#restores.push(() => {
      isActive = false;
      // What somebody put on later stays, and passes through.
      if (stream.write !== write) return;
      if (isOwn) stream.write = original;
      else delete (stream as Partial<WriteStream>).write;
    });
  }

  #makeWay(chunk: unknown, encoding: unknown): void {
    const text = textOf(chunk, encoding);
    if (text === "") return;
    if (this.#drawn > 0) {
      this.#erase();
      this.#onErased();
    }
    const line = text.slice(text.lastIndexOf("\n") + 1);
    if (line.length < text.length) {
      this.#hasText = false;
      this.#cursor = ROW_START;
    }
    if (line === "") return;
    this.#hasText = true;
    this.#cursor = cursorAfter(line, this.#cursor, this.columns);
  }
}

function up(lines: number): string {
  return `\u001b[${lines}A\r`;
}

function textOf(chunk: unknown, encoding: unknown): string {
  if (typeof chunk === "string") {
    return encoding === "hex" || encoding === "base64" ? Buffer.from(chunk, encoding).toString() : chunk;
  }
  return ArrayBuffer.isView(chunk)
    ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString()
    : "";
}
