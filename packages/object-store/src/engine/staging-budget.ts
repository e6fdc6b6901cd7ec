import { UploadError } from "../upload-error.ts";

/** How much disk space copies may take. */
export class StagingBudget {
  readonly #bytes: number;
  #taken = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** @throws UploadError `STAGING_FULL` */
  reserve(bytes: number, path: string): void {
    if (this.#taken + bytes > this.#bytes) {
      throw new UploadError(
        "STAGING_FULL",
        `${path} has ${bytes} bytes, and ${this.#taken} wait already: only ${this.#bytes} may (maxStagedBytes)`,
      );
    }
    this.take(bytes);
  }

  /** Counts what is there already. */
  take(bytes: number): void {
    this.#taken += bytes;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
