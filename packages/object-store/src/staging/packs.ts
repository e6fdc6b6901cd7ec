import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { GroupWriter } from "./group-writer.ts";
import type { PackPlace } from "./staged-upload.ts";

/** A pack that has so many bytes gets no more. */
const FULL = 8 * 1024 * 1024;
/** So many bytes may wait to be written. */
const MOST_WAITING = 4 * 1024 * 1024;

/**
 * Copies of small files, many in one file: a file of its own for each would cost many times the upload.
 * A pack is removed when it is full and nothing in it is kept any more.
 */
export class Packs {
  readonly #folder: string;
  readonly #writer = new GroupWriter<Uint8Array, PackPlace>((copies) => this.#write(copies));
  /** How many copies in each pack are kept. */
  readonly #kept: Map<string, number> = new Map();
  #open: { readonly name: string; readonly file: FileHandle; size: number } | undefined;
  #count = 0;
  #waitingBytes = 0;
  #room = Promise.withResolvers<void>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Resolves when another copy may be read into memory. */
  async room(): Promise<void> {
    while (this.#waitingBytes > MOST_WAITING) await this.#room.promise;
  }

  /** Resolves when the copy is on disk, and kept. @throws the errors of `node:fs` */
  async append(copy: Uint8Array): Promise<PackPlace> {
    this.#waitingBytes += copy.length;
    try {
      return await this.#writer.add(copy);
    } finally {
      this.#waitingBytes -= copy.length;
      this.#room.resolve();
      this.#room = Promise.withResolvers();
    }
  }

  /** The copy there, which an earlier process made, is kept. */
  keep({ pack }: PackPlace): void {
    this.#kept.set(pack, (this.#kept.get(pack) ?? 0) + 1);
  }

  /** The copy there is not needed any more. */
  async release({ pack }: PackPlace): Promise<void> {
    const others = this.#kept.get(pack)! - 1;
    this.#kept.set(pack, others);
    if (others === 0 && this.#open?.name !== pack) await this.#remove(pack);
  }

  async close(): Promise<void> {
    await this.#writer.idle();
    await this.#seal();
  }

  async #write(copies: readonly Uint8Array[]): Promise<readonly PackPlace[]> {
    if (this.#open !== undefined && this.#open.size >= FULL) await this.#seal();
    const pack = (this.#open ??= await this.#next());
    try {
      await pack.file.appendFile(Buffer.concat(copies));
      await pack.file.datasync();
    } catch (error) {
      // Nobody knows how much of it was written.
      await this.#seal();
      throw error;
    }
    return copies.map((copy) => {
      const place = { pack: pack.name, start: pack.size };
      pack.size += copy.length;
      this.keep(place);
      return place;
    });
  }

  async #next(): Promise<{ name: string; file: FileHandle; size: number }> {
    const name = `pack-${this.#count++}`;
    return { name, file: await open(join(this.#folder, name), "wx"), size: 0 };
  }

  async #seal(): Promise<void> {
    const pack = this.#open;
    this.#open = undefined;
    if (pack === undefined) return;
    await pack.file.close();
    if ((this.#kept.get(pack.name) ?? 0) === 0) await this.#remove(pack.name);
  }

  async #remove(pack: string): Promise<void> {
    this.#kept.delete(pack);
    await rm(join(this.#folder, pack), { force: true });
  }
}
