import type { Cell, ImageSnapshot } from "@mlog/core";
import { isPicture } from "./media/table-cells.ts";
import type { Media } from "./records/media-maker.ts";

/** What may wait for the worker, in KiB; one larger call is taken when nothing else waits. */
const MAX_KIB = 32 * 1024;
/** What a picture takes beside its pixels, in bytes. */
const OVERHEAD = 2048;

interface Pending {
  /** KiB up to its end, since the start. */
  readonly end: number;
  /** Core uses the memory of pixels again when nothing on this thread refers to them. */
  readonly media: Media;
  readonly made: PromiseWithResolvers<void>;
}

/** The pictures that the worker has not made files of yet. It makes them in the order of their calls. */
export class PendingMedia {
  readonly #doneKib: () => number;
  readonly #pending: Pending[] = [];
  #addedKib = 0;

  /** @param doneKib what the worker has made, as it is known even while no message is heard */
  constructor(doneKib: () => number) {
    this.#doneKib = doneKib;
  }

  /** The memory of all pictures among the cells, in KiB. */
  weigh(cells: readonly (Cell | ImageSnapshot)[]): number {
    let bytes = 0;
    for (const cell of cells) {
      if (!isPicture(cell)) continue;
      bytes += cell.pixels.data.byteLength + OVERHEAD;
      for (const mask of Object.values(cell.masks)) bytes += mask.data.byteLength + OVERHEAD;
    }
    return Math.ceil(bytes / 1024);
  }

  hasRoom(kib: number): boolean {
    this.release();
    return this.#pending.length === 0 || this.#addedKib - this.#doneKib() + kib <= MAX_KIB;
  }

  add(kib: number, media: Media): void {
    this.#addedKib += kib;
    this.#pending.push({ end: this.#addedKib, media, made: Promise.withResolvers<void>() });
  }

  /** Forgets what is made. */
  release(): void {
    const done = this.#doneKib();
    while (this.#pending.length > 0 && this.#pending[0]!.end <= done) this.#pending.shift()!.made.resolve();
  }

  /** Resolves when all that waits now is on the disk. */
  async settled(): Promise<void> {
    this.release();
    await this.#pending.at(-1)?.made.promise;
  }
}
