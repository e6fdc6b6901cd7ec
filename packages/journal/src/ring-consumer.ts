import type { FileFunctions } from "./file-functions.ts";
import { errorCode, rewrite, syncFully, writeFully } from "./journal-file.ts";
import { HEAD, POSITION, STARVED, TAIL, WHOLE, WRITTEN, type Ring } from "./ring.ts";
import type { FrameEncoder } from "./row-encoder/frame-encoder.ts";

/** In mode "disk", how long written bytes may wait for their sync, in ms: leaves room within 100 ms. */
const SYNC_AFTER = 80;
/** How long the size of the file is taken for known, in ms: asking costs as much as writing. */
const WATCH_AFTER = 10;
/** How much is written again after a failed sync at most, in bytes. */
const MAX_REWRITE = 64 * 1024 * 1024;

/** What went wrong, in plain data that crosses threads. */
export interface Failure {
  readonly action: "write" | "sync" | "watch";
  /** The code of the operating system, such as `ENOSPC`; none for "watch". */
  readonly code: string;
  readonly message: string;
}

/** What a {@link RingConsumer} needs beside its ring. */
export interface ConsumerOptions {
  readonly encoder: FrameEncoder;
  readonly files: FileFunctions;
  readonly fd: number;
  /** The size of the file when it was opened. */
  readonly bytes: number;
  /** The folder of the file, if the file is new. */
  readonly newIn: string | undefined;
  /** Sync in groups, not only when asked to. */
  readonly syncAlways: boolean;
  /** The record beside the ring whose frame is at `position`. Asked for again if writing it fails. */
  huge(position: number): Uint8Array;
  /** That record is written. */
  hugeWritten?(): void;
  /** Told of a failure when it begins, not each time an attempt fails the same way. */
  onFailure(failure: Failure): void;
}

/**
 * The writing side of a {@link Ring}: encodes frames in batches, writes them, and only then moves the
 * tail, so that a failed batch is still in the ring for the next attempt or another thread. Whoever
 * calls it holds the ring's lock.
 */
export class RingConsumer {
  readonly #ring: Ring;
  readonly #options: ConsumerOptions;
  #newIn: string | undefined;
  /** The batch in the encoder reaches from `#from` to `#to`; empty if they are equal. */
  #from = 0;
  #to = 0;
  /** Bytes before it are synced, as far as this consumer knows. */
  #synced: number;
  /** Where the file must end, if nothing but this consumer has written to it; checked at `#watchedAt`. */
  #end = -1;
  #watchedAt = 0;
  #unsyncedSince = 0;
  #suspect = false;
  #changed = false;
  readonly #failing: { [action in Failure["action"]]?: string } = {};

  constructor(ring: Ring, options: ConsumerOptions) {
    this.#ring = ring;
    this.#options = options;
    this.#newIn = options.newIn;
    this.#synced = options.bytes;
  }

  get #position(): number {
    return Number(Atomics.load(this.#ring.counters, POSITION));
  }

  /** Whether everything appended so far is written. */
  get empty(): boolean {
    const { control } = this.#ring;
    return Atomics.load(control, HEAD) === Atomics.load(control, TAIL);
  }

  /** Writes until the ring is empty. Returns the failure that stopped it, if any. */
  drain(): Failure | undefined {
    while (!this.empty) {
      const failure = this.writeBatch();
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  /** Encodes and writes one batch, or tries the last one again. Returns why that failed. */
  writeBatch(): Failure | undefined {
    return this.#attempt("write", () => {
      const tail = Atomics.load(this.#ring.control, TAIL);
      const { encoder } = this.#options;
      // Another thread may have written the batch that failed here.
      if (this.#from !== tail || this.#from === this.#to) this.#encode(tail);
      if (this.#to === tail) this.#writeHuge();
      else this.#write(encoder.output, encoder.length, encoder.wholeLength, encoder.records);
      this.#moveTail();
    });
  }

  /** How long until a sync is due, in ms, counted from `now`; Infinity if none will be. */
  syncDueIn(now: number): number {
    const waiting = this.#options.syncAlways && this.#synced !== this.#position;
    return waiting ? Math.max(0, this.#unsyncedSince + SYNC_AFTER - now) : Infinity;
  }

  /** Syncs what is written. Returns why that failed. */
  sync(): Failure | undefined {
    const position = this.#position;
    const { files, fd } = this.#options;
    const failure = this.#attempt("sync", () => {
      if (this.#suspect) rewrite(files, fd, Math.max(this.#synced, position - MAX_REWRITE), position);
      syncFully(files, fd, this.#newIn);
      this.#newIn = undefined;
      this.#synced = position;
    });
    this.#suspect = failure !== undefined;
    if (this.#suspect) this.#unsyncedSince = performance.now();
    return failure;
  }

  #encode(tail: number): void {
    const { encoder } = this.#options;
    const { chunkShift, chunkWords, control, frames, order } = this.#ring;
    const head = Atomics.load(control, HEAD);
    encoder.clear();
    let at = tail;
    while (at !== head) {
      const chunk = order[(at >>> chunkShift) & (order.length - 1)]! * chunkWords;
      const from = at & (chunkWords - 1);
      const to = Math.min(chunkWords, from + ((head - at) >>> 0));
      const stop = encoder.encode(frames, chunk + from, chunk + to) - chunk;
      at = (at + stop - from) | 0;
      if (stop < to) break;
    }
    this.#from = tail;
    this.#to = at;
  }

  #write(bytes: Uint8Array, length: number, whole: number, records: number): void {
    const { files, fd } = this.#options;
    const { counters } = this.#ring;
    const now = performance.now();
    if (now - this.#watchedAt >= WATCH_AFTER) this.#watch(now);
    const position = this.#position;
    this.#end = -1;
    writeFully(files, fd, bytes, length, position);
    this.#end = position + length;
    if (this.#synced === position) this.#unsyncedSince = now;
    Atomics.store(counters, POSITION, BigInt(this.#end));
    if (records === 0) return;
    Atomics.store(counters, WHOLE, BigInt(position + whole));
    Atomics.add(counters, WRITTEN, BigInt(records));
  }

  /**
   * Writes go to positions of this consumer's own choice, so whatever else writes to the file would be
   * written over: two processes that resume the same run, a tool that rotates logs.
   */
  #watch(now: number): void {
    this.#watchedAt = now;
    if (this.#end !== this.#position) return;
    const { size } = this.#options.files.fstatSync(this.#options.fd);
    if (size === this.#end) return;
    const message = `it has ${size} bytes instead of ${this.#end}`;
    if (!this.#changed) this.#options.onFailure({ action: "watch", code: "", message });
    this.#changed = true;
    this.#synced = Math.min(this.#synced, size);
    Atomics.store(this.#ring.counters, POSITION, BigInt(size));
  }

  #writeHuge(): void {
    const record = this.#options.huge(this.#to);
    this.#write(record, record.length, record.length, 1);
    this.#to = (this.#to + 1) | 0;
    this.#options.hugeWritten?.();
  }

  #moveTail(): void {
    const { control } = this.#ring;
    this.#from = this.#to;
    Atomics.store(control, TAIL, this.#to);
    if (Atomics.load(control, STARVED) !== 0) Atomics.notify(control, TAIL);
  }

  #attempt(action: Failure["action"], attempt: () => void): Failure | undefined {
    try {
      attempt();
      delete this.#failing[action];
      return undefined;
    } catch (error) {
      const failure: Failure = { action, code: errorCode(error), message: String(error) };
      if (this.#failing[action] !== failure.code) this.#options.onFailure(failure);
      this.#failing[action] = failure.code;
      return failure;
    }
  }
}
