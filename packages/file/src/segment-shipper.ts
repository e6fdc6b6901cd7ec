import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, MlogError, type RunContext, type Upload } from "@mlog/core";
import type { RecordWriter } from "@mlog/journal";
import { copyRange, segmentEnd } from "./segment-file.ts";
import type { Segment, Shipped, ShippingLedger } from "./shipping-ledger.ts";

/** A segment is cut when that much has gathered, in bytes. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** A segment is cut after that time, in milliseconds. */
const SEGMENT_AGE = 60_000;
/** How often the two are looked at, in milliseconds. */
const LOOK_EVERY = 1000;
/** Copies that wait to be staged at a time; they bound the disk space that shipping needs. */
const COPIES = 4;

/** What a {@link SegmentShipper} ships, and where. */
export interface ShipperOptions {
  /** The log. */
  readonly path: string;
  /** The folder of copies that wait to be staged, and of the ledger. */
  readonly folder: string;
  readonly ledger: ShippingLedger;
  readonly writer: Pick<RecordWriter, "flush" | "stats">;
  readonly run: Pick<RunContext, "uploadFile" | "hasFileUploadDestination" | "report">;
  /** The remote name of the segment that begins with byte `start` of the log. */
  remoteName(start: number): string;
  /** Replace files that others may have put there. */
  readonly overwrite: boolean;
}

interface Parcel extends Segment {
  readonly overwrite: boolean;
}

/**
 * Hands the log to the destinations that take files, in segments that never change: each byte of the
 * log is in exactly one of them. All its work is asynchronous, and nothing here keeps a process alive.
 */
export class SegmentShipper {
  readonly #options: ShipperOptions;
  /** Segments that are sealed and have to be handed over (again). */
  #unsent: Parcel[] = [];
  /** Where the next segment begins. */
  #end = 0;
  #lastSeal = performance.now();
  readonly #staging = new Set<Promise<void>>();
  #work: Promise<void> = Promise.resolve();
  #momentWaits = false;
  #finished = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ShipperOptions) {
    this.#options = options;
  }

  /**
   * Begins to watch the log; one that goes on first hands over again what a process before this one
   * sealed and nobody is known to have staged. Returns what the ledger says.
   *
   * @throws MlogError `LOG_TRUNCATED`; the errors of `node:fs`
   */
  begin(isNew: boolean): Shipped {
    const { folder, ledger, writer } = this.#options;
    if (isNew) rmSync(folder, { recursive: true, force: true });
    const shipped = ledger.read();
    const { end, open } = shipped;
    const { bytes } = writer.stats();
    if (end > bytes) {
      throw new MlogError(
        "LOG_TRUNCATED",
        `${describe(this.#options.path)} has ${bytes} bytes, but ${end} were shipped from it: something cut it, and ` +
          "going on would ship other bytes under the same names; choose another run name, or set overwrite",
      );
    }
    this.#end = end;
    // They carry the very bytes that the process before handed over, so replacing them changes nothing.
    this.#unsent = open.map((segment) => ({ ...segment, overwrite: true }));
    if (this.#options.run.hasFileUploadDestination())
      this.#timer = setInterval(() => this.#look(), LOOK_EVERY).unref();
    return shipped;
  }

  /** Whether something waits to be handed over or staged. */
  get pending(): boolean {
    return this.#staging.size > 0 || this.#unsent.length > 0;
  }

  /** Hands over what is in the file by now, soon. Moments that come before that is done are one. */
  moment(): void {
    if (this.#momentWaits) return;
    this.#momentWaits = true;
    void this.ship();
  }

  /** Resolves when all that is in the file has been handed over, or could not be. */
  ship(): Promise<void> {
    if (!this.#options.run.hasFileUploadDestination()) return Promise.resolve();
    this.#work = this.#work
      .then(() => this.#shipAll())
      .catch((cause: unknown) => this.#report("the log", cause));
    return this.#work;
  }

  /** Hands over the rest, once the writer is closed. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    this.#finished = true;
    await this.ship();
  }

  /** Waits until everything is staged, but no longer than until `signal`. */
  async drain(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    if (!signal.aborted) await Promise.race([Promise.all(this.#staging), aborted]);
  }

  #look(): void {
    const waiting = this.#options.writer.stats().bytes - this.#end;
    const age = performance.now() - this.#lastSeal;
    if (waiting >= SEGMENT_BYTES || (age >= SEGMENT_AGE && (waiting > 0 || this.#unsent.length > 0)))
      this.moment();
  }

  async #shipAll(): Promise<void> {
    this.#momentWaits = false;
    for (const parcel of this.#unsent.splice(0)) await this.#handOver(parcel);
    const { path, ledger, writer, remoteName, overwrite } = this.#options;
    const end = writer.stats().bytes;
    if (end === this.#end) return;
    // What leaves this machine must be on its disk, or a power cut could leave a log that contradicts it.
    if (!this.#finished) await writer.flush();
    while (this.#end < end) {
      const start = this.#end;
      const segment = {
        start,
        end: await segmentEnd(path, start, end, SEGMENT_BYTES),
        name: remoteName(start),
      };
      await ledger.seal(segment);
      this.#end = segment.end;
      this.#lastSeal = performance.now();
      await this.#handOver({ ...segment, overwrite });
    }
  }

  async #handOver(parcel: Parcel): Promise<void> {
    while (this.#staging.size >= COPIES) await Promise.race(this.#staging);
    const { path, folder, run } = this.#options;
    const copy = join(folder, `part-${parcel.start}`);
    let upload: Upload;
    try {
      await copyRange(path, copy, parcel.start, parcel.end);
      upload = run.uploadFile(parcel.name, copy, { overwrite: parcel.overwrite });
    } catch (cause) {
      return this.#keep(parcel, cause);
    }
    const staged = this.#afterStaging(parcel, copy, upload).finally(() => this.#staging.delete(staged));
    this.#staging.add(staged);
  }

  async #afterStaging(parcel: Parcel, copy: string, upload: Upload): Promise<void> {
    try {
      await upload.staged;
    } catch (cause) {
      return this.#keep(parcel, cause);
    }
    try {
      await this.#options.ledger.stage(parcel);
      await rm(copy, { force: true });
    } catch (cause) {
      this.#report(parcel.name, cause);
    }
  }

  #keep(parcel: Parcel, cause: unknown): void {
    this.#unsent.push(parcel);
    this.#report(parcel.name, cause);
  }

  #report(what: string, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#options.run.report(
      new MlogError("SEGMENT_NOT_SHIPPED", `${what} could not be handed over, and will be again: ${reason}`, {
        cause,
      }),
    );
  }
}
