import { type Metrics, MlogError, type Stamp } from "@mlog/core";
import type { RecordWriter } from "@mlog/journal";
import { fillRow } from "./json-lines.ts";
import type { Entry, RecordFormat } from "./record-format.ts";
import { MAX_LINE_BYTES } from "./record.ts";

/** What a {@link RecordLog} needs beside its writer. */
export interface RecordLogOptions {
  readonly format: RecordFormat;
  /** The seq of the first record. */
  readonly seq: number;
  /** When something happens that nobody stamped. */
  now(): Stamp;
  report(error: unknown): void;
}

/**
 * Gives every record its seq and hands it to the writer. A call that cannot be kept still takes its
 * seq, and a `dropped` record names the range as soon as the writer takes records again.
 */
export class RecordLog {
  readonly #writer: RecordWriter;
  readonly #options: RecordLogOptions;
  readonly #format: RecordFormat;
  readonly #row = new Float64Array(7);
  #seq: number;
  /** The first seq of the calls that no `dropped` record names yet; -1 if there are none. */
  #gap = -1;
  #dropped = 0;
  #told = false;

  constructor(writer: RecordWriter, options: RecordLogOptions) {
    this.#writer = writer;
    this.#options = options;
    this.#format = options.format;
    this.#seq = options.seq;
  }

  /** Calls that could not be kept. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether calls were dropped that no record names yet. */
  get hasUnnamed(): boolean {
    return this.#gap >= 0;
  }

  metrics(metrics: Metrics, stamp: Stamp): void {
    if (this.#format.metrics !== undefined) return this.#metricsAsText(metrics, stamp);
    const seq = this.#nextSeq();
    if (seq < 0) return;
    fillRow(this.#row, seq, stamp.time, stamp.step, stamp.timestamp);
    if (!this.#writer.appendRow(this.#row, metrics.names, metrics.values)) this.#drop(seq);
  }

  write(entry: Entry, stamp: Stamp = this.#options.now()): void {
    if (this.#format.types.has(entry.type)) this.#append(stamp, (head) => this.#format.entry(head, entry));
  }

  /** Writes which calls were dropped, if some were. Returns whether none is left to name. */
  nameDropped(): boolean {
    if (this.#gap < 0) return true;
    const seq = this.#seq;
    const entry = { type: "dropped", from: this.#gap, to: seq - 1 } as const;
    if (!this.#writer.append(this.#format.entry({ ...this.#options.now(), seq }, entry))) return false;
    this.#seq++;
    this.#gap = -1;
    return true;
  }

  /** The seq of the next record; -1 if that is dropped at once, so that what is dropped is one range. */
  #nextSeq(): number {
    if (this.#gap < 0 || this.nameDropped()) return this.#seq++;
    this.#seq++;
    this.#dropped++;
    return -1;
  }

  #metricsAsText(metrics: Metrics, stamp: Stamp): void {
    this.#append(stamp, (head) => this.#format.metrics!(head, metrics));
  }

  #append(stamp: Stamp, encode: (head: Stamp & { readonly seq: number }) => string): void {
    const seq = this.#nextSeq();
    if (seq < 0) return;
    try {
      const text = encode({ step: stamp.step, timestamp: stamp.timestamp, time: stamp.time, seq });
      if (isTooLong(text)) {
        throw new MlogError(
          "RECORD_TOO_LARGE",
          `a record of ${text.length} characters is longer than the ${MAX_LINE_BYTES} bytes that a line of a log may ` +
            "have, and was dropped: log it in parts, or as a file",
        );
      }
      if (!this.#writer.append(text)) this.#drop(seq);
    } catch (error) {
      this.#drop(seq, error);
    }
  }

  #drop(seq: number, reason?: unknown): void {
    if (this.#gap < 0) this.#gap = seq;
    this.#dropped++;
    if (reason !== undefined) return this.#options.report(reason);
    if (this.#told) return;
    this.#told = true;
    this.#options.report(
      new MlogError(
        "RECORDS_DROPPED",
        "the log cannot be written as fast as records come, or not at all, and its buffer is full: records are dropped " +
          "from here on until there is room, and `dropped` records in the log will name them",
      ),
    );
  }
}

function isTooLong(text: string): boolean {
  return text.length * 3 > MAX_LINE_BYTES && Buffer.byteLength(text) > MAX_LINE_BYTES;
}
