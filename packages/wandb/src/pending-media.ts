import type { Cell, ImageSnapshot } from "@mlog/core";
import { isPicture } from "./media/table-cells.ts";

/** What may wait for the worker, in KiB; one larger call is taken when nothing else waits. */
const MAX_KIB = 32 * 1024;
/** What a picture takes beside its pixels, in bytes. */
const OVERHEAD = 2048;

/** The pixels that the worker has not made files of yet. */
export class PendingMedia {
  readonly #doneKib: () => number;
  readonly #pending = new Map<number, PromiseWithResolvers<void>>();
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
    const waiting = this.#addedKib - this.#doneKib();
    return waiting === 0 || waiting + kib <= MAX_KIB;
  }

  add(id: number, kib: number): void {
    this.#addedKib += kib;
    this.#pending.set(id, Promise.withResolvers<void>());
  }

  done(id: number): void {
    this.#pending.get(id)?.resolve();
    this.#pending.delete(id);
  }

  /** Resolves when all that waits now is on the disk. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#pending.values(), ({ promise }) => promise));
  }
}
