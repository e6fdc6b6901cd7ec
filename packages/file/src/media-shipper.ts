import { join } from "node:path";
import { MlogError, type RunContext } from "@mlog/core";
import { Slots } from "./slots.ts";

/** Files that are being staged at a time. */
const STAGING = 16;

/** What a {@link MediaShipper} ships, and where. */
export interface MediaShipperOptions {
  /** The folder of the files. */
  readonly folder: string;
  /** The folder that they get, as a remote name. */
  readonly remoteFolder: string;
  readonly run: Pick<RunContext, "uploadFile" | "hasFileUploadDestination" | "report">;
}

/**
 * Hands files to the destinations that take files, each once: about 100 bytes per name remember
 * that. One that could not be staged is handed over again with the next `ship()`.
 */
export class MediaShipper {
  readonly #options: MediaShipperOptions;
  readonly #handedOver = new Set<string>();
  readonly #staging = new Set<Promise<void>>();
  readonly #slots = new Slots(STAGING);
  #failed: string[] = [];

  constructor(options: MediaShipperOptions) {
    this.#options = options;
  }

  /** Whether a file waits to be handed over or staged. */
  get pending(): boolean {
    return this.#staging.size > 0 || this.#failed.length > 0;
  }

  /** Hands over a file that will not change any more. */
  add(name: string): void {
    if (this.#handedOver.has(name) || !this.#options.run.hasFileUploadDestination()) return;
    this.#handedOver.add(name);
    const staged: Promise<void> = this.#slots
      .run(() => this.#handOver(name))
      .finally(() => this.#staging.delete(staged));
    this.#staging.add(staged);
  }

  /** Hands over again what could not be staged. */
  ship(): void {
    for (const name of this.#failed.splice(0)) {
      this.#handedOver.delete(name);
      this.add(name);
    }
  }

  /** Waits until everything is staged, but no longer than until `signal`. */
  async drain(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    if (!signal.aborted) await Promise.race([Promise.all(this.#staging), aborted]);
  }

  async #handOver(name: string): Promise<void> {
    const { run, remoteFolder, folder } = this.#options;
    const remoteName = `${remoteFolder}/${name}`;
    try {
      // The name says what is in it, so that what may be there already is the same.
      await run.uploadFile(remoteName, join(folder, name), { overwrite: true }).staged;
    } catch (cause) {
      this.#failed.push(name);
      const reason = cause instanceof Error ? cause.message : String(cause);
      run.report(
        new MlogError(
          "MEDIA_NOT_SHIPPED",
          `${remoteName} could not be handed over, and will be again: ${reason}`,
          { cause },
        ),
      );
    }
  }
}
