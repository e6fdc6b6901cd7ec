import { closeSync, openSync } from "node:fs";
import { FrameReader } from "../wandb-file/frame-reader.ts";
import { decodeRecord, type WandbRecord } from "../wandb-file/messages.ts";

/** The records of a `.wandb` file, one after the other. */
export class RecordSource {
  readonly #fd: number;
  readonly #frames: FrameReader;

  constructor(path: string) {
    this.#fd = openSync(path, "r");
    this.#frames = new FrameReader(this.#fd);
  }

  /**
   * The next record; undefined if it is not there yet.
   *
   * @throws MlogError `WANDB_FILE_DAMAGED`
   */
  next(): WandbRecord | undefined {
    const payload = this.#frames.next();
    return payload === undefined ? undefined : decodeRecord(payload);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
