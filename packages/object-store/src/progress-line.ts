import type { TransferProgress } from "./engine/engine.ts";

/** Only a transfer that takes longer is shown, in ms. */
const LONG = 3000;
/** In ms. */
const REDRAW = 200;
const MIB = 1024 * 1024;

/** One line on a terminal about the transfers that take long, drawn over itself, and gone at the end. */
export class ProgressLine {
  readonly #terminal: Pick<NodeJS.WriteStream, "write">;
  readonly #now: () => number;
  readonly #begun: Map<string, number> = new Map();
  #drawnAt = -Infinity;
  #isDrawn = false;

  constructor(
    terminal: Pick<NodeJS.WriteStream, "write"> = process.stderr,
    now: () => number = performance.now.bind(performance),
  ) {
    this.#terminal = terminal;
    this.#now = now;
  }

  show({ name, direction, bytes, total }: TransferProgress): void {
    if (bytes >= total) return this.end(name);
    const now = this.#now();
    const begun = this.#begun.get(name) ?? now;
    this.#begun.set(name, begun);
    if (now - begun < LONG || now - this.#drawnAt < REDRAW) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    const share = `${Math.floor((bytes / total) * 100)} % of ${(total / MIB).toFixed(1)} MiB`;
    this.#terminal.write(`\r\x1b[K${direction === "up" ? "uploading" : "downloading"} ${name}: ${share}`);
  }

  /** The transfer is over, or has failed. */
  end(name: string): void {
    this.#begun.delete(name);
    this.clear();
  }

  clear(): void {
    if (this.#isDrawn) this.#terminal.write("\r\x1b[K");
    this.#isDrawn = false;
  }
}
