import type { ImageSnapshot, Stamp } from "@mlog/core";
import type { MediaStore } from "./media-store.ts";
import type { References } from "./pictures.ts";
import type { Entry } from "./record-format.ts";
import type { RecordLog } from "./record-log.ts";

/** Logs records with pictures: each has its place from the call on, and its line once all files are durable. */
export class PictureLog {
  readonly #log: Pick<RecordLog, "reserve">;
  readonly #media: Pick<MediaStore, "store">;
  readonly #pending = new Set<Promise<void>>();

  constructor(log: Pick<RecordLog, "reserve">, media: Pick<MediaStore, "store">) {
    this.#log = log;
    this.#media = media;
  }

  write(images: readonly ImageSnapshot[], stamp: Stamp, toEntry: (references: References) => Entry): void {
    const place = this.#log.reserve(stamp);
    try {
      const written: Promise<void> = this.#media
        .store(images)
        .then(
          (references) => place.write(toEntry(references)),
          (reason: unknown) => place.drop(reason),
        )
        .finally(() => this.#pending.delete(written));
      this.#pending.add(written);
    } catch (reason) {
      place.drop(reason);
    }
  }

  /** Resolves when each record that was handed over before the call is written or dropped. */
  async drain(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
