import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { MlogError, type RunContext, type Upload } from "@mlog/core";
import type { EventFile } from "./event-file.ts";

/** A range of bytes that is one upload. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly isAgain: boolean;
}

/**
 * Hands an event file to the destinations that take files, in pieces that never change and are event files
 * themselves: each event is in exactly one of them.
 */
export class PieceShipper {
  readonly #file: EventFile;
  readonly #run: RunContext;
  readonly #remoteName: (start: string) => string;
  readonly #folder: string;
  readonly #staging: Set<Promise<void>> = new Set();
  /** What could not be handed over. */
  readonly #unsent: Piece[] = [];
  #end: number;
  #work: Promise<void> = Promise.resolve();
  #momentWaits = false;
  #closed = false;

  /** @param remoteName the name of the piece whose first byte in the file is `start`, with 16 digits */
  constructor(file: EventFile, run: RunContext, remoteName: (start: string) => string) {
    this.#file = file;
    this.#run = run;
    this.#remoteName = remoteName;
    this.#folder = `${file.path}.pieces`;
    this.#end = file.head.length;
  }

  /** Whether something waits to be handed over or staged. */
  get pending(): boolean {
    return this.#staging.size > 0 || this.#unsent.length > 0;
  }

  /** Hands over what is in the file by now, soon. Moments that come before that is done are one. */
  moment(): void {
    if (this.#momentWaits) return;
    this.#momentWaits = true;
    void this.ship();
  }

  /** Resolves when all that is in the file has been handed over, or could not be and is tried again the next time. */
  ship(): Promise<void> {
    if (!this.#run.hasFileUploadDestination()) {
      this.#momentWaits = false;
      return Promise.resolve();
    }
    this.#work = this.#work.then(() => this.#ship()).catch((cause: unknown) => this.#fail(cause));
    return this.#work;
  }

  /** Hands over the rest, once the file is closed. */
  async finish(): Promise<void> {
    this.#closed = true;
    await this.ship();
  }

  /** Waits until everything is staged, but no longer than until `signal`. */
  async drain(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    if (!signal.aborted) await Promise.race([Promise.all(this.#staging), aborted]);
    await rmdir(this.#folder).catch(() => undefined);
  }

  async #ship(): Promise<void> {
    this.#momentWaits = false;
    for (const piece of this.#unsent.splice(0)) await this.#handOver(piece);
    // What leaves this machine must be on its disk, or a power cut could leave a file that contradicts it.
    if (!this.#closed) await this.#file.flush();
    const start = this.#end;
    const end = this.#file.stats().bytes;
    if (end <= start) return;
    this.#end = end;
    await this.#handOver({ start, end, isAgain: false });
  }

  async #handOver(piece: Piece): Promise<void> {
    const place = String(piece.start).padStart(16, "0");
    const copy = join(this.#folder, place);
    let upload: Upload;
    try {
      await mkdir(this.#folder, { recursive: true });
      await pipeline(this.#pieceOf(piece.start, piece.end), createWriteStream(copy));
      // It has the same bytes as the first time, so replacing it changes nothing.
      upload = this.#run.uploadFile(this.#remoteName(place), copy, { overwrite: piece.isAgain });
    } catch (cause) {
      return this.#keep(piece, cause);
    }
    const staged = upload.staged
      .then(
        () => rm(copy, { force: true }),
        (cause: unknown) => this.#keep(piece, cause),
      )
      .catch((cause: unknown) => this.#fail(cause))
      .finally(() => this.#staging.delete(staged));
    this.#staging.add(staged);
  }

  #keep(piece: Piece, cause: unknown): void {
    this.#unsent.push({ ...piece, isAgain: true });
    this.#fail(cause);
  }

  async *#pieceOf(start: number, end: number): AsyncGenerator<Uint8Array, void, void> {
    yield this.#file.head;
    yield* createReadStream(this.#file.path, { start, end: end - 1 }) as AsyncIterable<Uint8Array>;
  }

  #fail(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `a piece of ${JSON.stringify(this.#file.path)} could not be handed over, and will be again: ${reason}`;
    this.#run.report(new MlogError("PIECE_NOT_SHIPPED", message, { cause }));
  }
}
