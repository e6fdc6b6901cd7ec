import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, MlogError } from "@mlog/core";
import { Slots } from "./slots.ts";

/** Files written at a time: libuv has four threads, and the encoder and others need some of them. */
const WRITES = 2;

/**
 * Files beside a log, named by their content: what is there already is not written again, whoever
 * put it there. A file has its name only once it is whole and synced; what a killed process leaves
 * behind begins with a dot.
 */
export class MediaFolder {
  readonly #path: string;
  readonly #slots = new Slots(WRITES);
  readonly #writing = new Map<string, Promise<void>>();
  #made: Promise<void> | undefined;
  /** The syncing of the folder that has not begun yet: it will cover every file that is there by then. */
  #nextSync: Promise<void> | undefined;
  #lastSync: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Resolves when the file is there and durable. `bytes` may not change until then.
   *
   * @throws MlogError `MEDIA_NOT_WRITTEN`
   */
  keep(name: string, bytes: Uint8Array): Promise<void> {
    let written = this.#writing.get(name);
    if (written === undefined) {
      written = this.#slots
        .run(() => this.#write(name, bytes))
        .catch((cause: unknown) => {
          throw new MlogError(
            "MEDIA_NOT_WRITTEN",
            `${describe(join(this.#path, name))} cannot be written, so the record that shows it is dropped: ${String(cause)}`,
            { cause },
          );
        })
        .finally(() => this.#writing.delete(name));
      this.#writing.set(name, written);
    }
    return written;
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#path, name);
    const found = await stat(path).catch(() => undefined);
    // Another size can only be damage.
    if (found?.size === bytes.length) return;
    await (this.#made ??= this.#make());
    const temporary = join(this.#path, `.${name}-${randomUUID()}`);
    try {
      const file = await open(temporary, "wx");
      try {
        await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    await this.#sync();
  }

  /** Makes the names durable. Systems that cannot sync a folder need not. */
  #sync(): Promise<void> {
    this.#nextSync ??= this.#lastSync.then(async () => {
      this.#nextSync = undefined;
      this.#lastSync = syncFolder(this.#path);
      return this.#lastSync;
    });
    return this.#nextSync;
  }

  async #make(): Promise<void> {
    try {
      await mkdir(this.#path, { recursive: true });
      await syncFolder(dirname(this.#path));
    } catch (error) {
      this.#made = undefined;
      throw error;
    }
  }
}

async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // The files themselves are synced; their names will be with the next sync of the system.
  }
}
