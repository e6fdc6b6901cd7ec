import { readFileSync } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/** A range of a log that is shipped as one file. */
export interface Segment {
  /** The first byte of the log that it holds. */
  readonly start: number;
  /** The first byte behind it. */
  readonly end: number;
  /** Under which name it was handed over. */
  readonly name: string;
}

/** What a ledger says. */
export interface Shipped {
  /** Where the next segment begins. */
  readonly end: number;
  /** Segments that may have been handed over, and that nobody is known to have taken. */
  readonly open: readonly Segment[];
  /** All files that the log names before this byte were taken. */
  readonly media: number;
}

interface Line extends Segment {
  readonly type: "sealed" | "staged" | "media";
}

/**
 * Remembers on disk which segments were cut and which of them were taken, so that a run that goes on
 * cuts none of them differently: a line is added before a segment is handed over, and one after it
 * was staged. And up to where the files that the log names were.
 */
export class ShippingLedger {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws the errors of `node:fs` other than that there is no ledger */
  read(): Shipped {
    const open = new Map<number, Segment>();
    let end = 0;
    let media = 0;
    for (const line of this.#lines()) {
      if (line.type === "sealed") {
        open.set(line.start, { start: line.start, end: line.end, name: line.name });
        end = Math.max(end, line.end);
      } else if (line.type === "staged") {
        open.delete(line.start);
      } else {
        media = Math.max(media, line.end);
      }
    }
    return { end, open: [...open.values()], media };
  }

  /** Synced, since what follows a seal leaves this machine. */
  async seal({ start, end, name }: Segment): Promise<void> {
    await this.#append({ v: 1, type: "sealed", start, end, name });
  }

  async stage({ start }: Segment): Promise<void> {
    await this.#append({ v: 1, type: "staged", start });
  }

  /** All files that the log names before byte `end` are staged. */
  async stageMedia(end: number): Promise<void> {
    await this.#append({ v: 1, type: "media", end });
  }

  async #append(line: object): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    // A killed process may have left half a line; an empty line between lines does no harm.
    await appendFile(this.#path, `\n${JSON.stringify(line)}\n`, { flush: true });
  }

  #lines(): Line[] {
    return this.#text()
      .split("\n")
      .flatMap((line) => {
        try {
          return line === "" ? [] : [JSON.parse(line)];
        } catch {
          return [];
        }
      });
  }

  #text(): string {
    try {
      return readFileSync(this.#path, "utf8");
    } catch (error) {
      if ((error as { code?: unknown }).code === "ENOENT") return "";
      throw error;
    }
  }
}
