import { closeSync, existsSync, openSync } from "node:fs";
import { FrameReader } from "../wandb-file/frame-reader.ts";
import { decodeRecord, type WandbRecord } from "../wandb-file/messages.ts";

/** The records of a `.wandb` file, one after the other. The file need not be there yet. */
export class RecordSource {
  readonly #path: string;
  #fd: number | undefined;
  #frames: FrameReader | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The next record; undefined if it is not there yet.
   *
   * @throws MlogError `WANDB_FILE_DAMAGED`
   */
  next(): WandbRecord | undefined {
    if (this.#frames === undefined) {
      if (!existsSync(this.#path)) return undefined;
      this.#fd = openSync(this.#path, "r");
      this.#frames = new FrameReader(this.#fd);
    }
    const payload = this.#frames.next();
    return payload === undefined ? undefined : decodeRecord(payload);
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
