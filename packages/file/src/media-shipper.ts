import { stat } from "node:fs/promises";
import { join } from "node:path";
import { MlogError, type RunContext } from "@mlog/core";
import type { RecordWriter } from "@mlog/journal";
import { namedMedia } from "./named-media.ts";
import type { ShippingLedger } from "./shipping-ledger.ts";
import { Slots } from "./slots.ts";

/** Files that are being staged at a time. */
const STAGING = 16;

/** What a {@link MediaShipper} ships, and where. */
export interface MediaShipperOptions {
  /** The log that names the files. */
  readonly path: string;
  readonly writer: Pick<RecordWriter, "stats">;
  readonly ledger: Pick<ShippingLedger, "stageMedia">;
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
  /** Before this byte of the log, all files that it names are known to be staged. */
  #stagedUpTo = Infinity;

  constructor(options: MediaShipperOptions) {
    this.#options = options;
  }

  /** Whether a file waits to be handed over or staged. */
  get pending(): boolean {
    return this.#staging.size > 0 || this.#failed.length > 0;
  }

  /**
   * Hands over, soon, the files that a log which goes on names from byte `stagedUpTo` on: what sessions
   * that were killed, or had nobody to take them, left behind.
   */
  begin(stagedUpTo: number): void {
    const { bytes } = this.#options.writer.stats();
    this.#stagedUpTo = stagedUpTo;
    if (stagedUpTo < bytes && this.#options.run.hasFileUploadDestination())
      this.#track(this.#addNamed(stagedUpTo, bytes));
  }

  /** Hands over a file that will not change any more. */
  add(name: string): void {
    if (this.#handedOver.has(name) || !this.#options.run.hasFileUploadDestination()) return;
    this.#handedOver.add(name);
    this.#track(this.#slots.run(() => this.#handOver(name)));
  }

  /** Hands over again what could not be staged. */
  ship(): void {
    for (const name of this.#failed.splice(0)) {
      this.#handedOver.delete(name);
      this.add(name);
    }
    void this.#note();
  }

  /** Waits until everything is staged, but no longer than until `signal`. */
  async drain(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    while (this.#staging.size > 0 && !signal.aborted)
      await Promise.race([Promise.all(this.#staging), aborted]);
    await this.#note();
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() => this.#staging.delete(tracked));
    this.#staging.add(tracked);
  }

  async #addNamed(start: number, end: number): Promise<void> {
    const { path, folder } = this.#options;
    try {
      for await (const name of namedMedia(path, start, end)) {
        // What was deleted since cannot be handed over, and whoever reads the record is told.
        if (await stat(join(folder, name)).catch(() => undefined)) this.add(name);
      }
    } catch (cause) {
      // Nothing may be noted then, so that the next run looks again.
      this.#stagedUpTo = Infinity;
      this.#report("the files of earlier sessions", cause);
    }
  }

  /** If nothing waits: a file is handed over before the log names it, so all that it names are staged. */
  async #note(): Promise<void> {
    const { writer, ledger } = this.#options;
    const { bytes } = writer.stats();
    if (this.pending || this.#handedOver.size === 0 || this.#stagedUpTo >= bytes) return;
    this.#stagedUpTo = bytes;
    // Without the note a run that goes on hands some files over once more, and that is all.
    await ledger.stageMedia(bytes).catch(() => undefined);
  }

  async #handOver(name: string): Promise<void> {
    const { run, remoteFolder, folder } = this.#options;
    const remoteName = `${remoteFolder}/${name}`;
    try {
      // The name says what is in it, so that what may be there already is the same.
      await run.uploadFile(remoteName, join(folder, name), { overwrite: true }).staged;
    } catch (cause) {
      this.#failed.push(name);
      this.#report(remoteName, cause);
    }
  }

  #report(what: string, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#options.run.report(
      new MlogError("MEDIA_NOT_SHIPPED", `${what} could not be handed over, and will be again: ${reason}`, {
        cause,
      }),
    );
  }
}
