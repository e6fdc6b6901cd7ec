import { Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import { Terminal } from "@xterm/headless";

/** A terminal that is read by a terminal emulator. */
export class Screen extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  /** Everything that was written, as it is. */
  bytes = "";
  readonly #terminal: Terminal;

  constructor(columns = 40, rows = 12) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.#terminal = new Terminal({
      cols: columns,
      rows,
      convertEol: true,
      allowProposedApi: true,
      scrollback: 100_000,
    });
  }

  /** As what a logger takes for a terminal of the process. */
  get stream(): WriteStream {
    return this as unknown as WriteStream;
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.bytes += chunk;
    this.#terminal.write(chunk);
    done();
  }

  /** What is to be seen, scrolled-off lines too. */
  async lines(): Promise<string[]> {
    await new Promise<void>((resolve) => this.#terminal.write("", resolve));
    const { buffer } = this.#terminal;
    const lines = Array.from({ length: buffer.active.length }, (_, y) =>
      buffer.active.getLine(y)!.translateToString(true).trimEnd(),
    );
    return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
  }
}
