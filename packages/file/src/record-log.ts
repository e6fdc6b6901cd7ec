import { type Metrics, MlogError, type Stamp } from "@mlog/core";
import type { RecordWriter } from "@mlog/journal";
import { fillRow } from "./json-lines.ts";
import type { Entry, Head, RecordFormat } from "./record-format.ts";
import { MAX_LINE_BYTES } from "./record.ts";
import { SeqRanges } from "./seq-ranges.ts";

/** What a {@link RecordLog} needs beside its writer. */
export interface RecordLogOptions {
  readonly format: RecordFormat;
  /** The seq of the first record. */
  readonly seq: number;
  /** When something happens that nobody stamped. */
  now(): Stamp;
  report(error: unknown): void;
}

/** The place of a record that cannot be written yet. What comes after the first of its calls is ignored. */
export interface Reservation {
  write(entry: Entry): void;
  drop(reason: unknown): void;
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
  /** Calls that are lost, and that no `dropped` record names yet. */
  readonly #unnamed = new SeqRanges();
  readonly #reserved = new Set<number>();
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

  /** Places that are reserved, and whose record has not come. */
  get reserved(): number {
    return this.#reserved.size;
  }

  /** Whether calls were dropped that no record names yet. */
  get hasUnnamed(): boolean {
    return !this.#unnamed.isEmpty;
  }

  metrics(metrics: Metrics, stamp: Stamp): void {
    if (this.#format.metrics !== undefined) return this.#metricsAsText(metrics, stamp);
    const seq = this.#nextSeq();
    if (seq < 0) return;
    fillRow(this.#row, seq, stamp.time, stamp.step, stamp.timestamp);
    if (!this.#writer.appendRow(this.#row, metrics.names, metrics.values)) this.#drop(seq);
  }

  write(entry: Entry, stamp: Stamp = this.#options.now()): void {
    if (!this.#format.types.has(entry.type)) return;
    const seq = this.#nextSeq();
    if (seq >= 0) this.#append(seq, stamp, (head) => this.#format.entry(head, entry));
  }

  /** Takes the seq of a record that will come later. */
  reserve(stamp: Stamp): Reservation {
    const seq = this.#seq++;
    this.#reserved.add(seq);
    return {
      write: (entry) => {
        if (!this.#reserved.delete(seq)) return;
        if (!this.nameDropped()) return this.#drop(seq);
        this.#append(seq, stamp, (head) => this.#format.entry(head, entry));
      },
      drop: (reason) => {
        if (this.#reserved.delete(seq)) this.#drop(seq, reason);
      },
    };
  }

  /** Drops what is reserved, since nothing will come any more; `why` makes the one error that says so. */
  dropReserved(why: (count: number) => Error): void {
    const count = this.#reserved.size;
    if (count === 0) return;
    for (const seq of this.#reserved) this.#unnamed.add(seq);
    this.#reserved.clear();
    this.#dropped += count;
    this.#options.report(why(count));
  }

  /** Writes which calls were dropped, if some were. Returns whether none is left to name. */
  nameDropped(): boolean {
    for (let range = this.#unnamed.first; range !== undefined; range = this.#unnamed.first) {
      const head = { ...this.#options.now(), seq: this.#seq };
      if (!this.#writer.append(this.#format.entry(head, { type: "dropped", ...range }))) return false;
      this.#seq++;
      this.#unnamed.removeFirst();
    }
    return true;
  }

  /** The seq of the next record; -1 if that is dropped at once, so that what is dropped is one range. */
  #nextSeq(): number {
    if (this.#unnamed.isEmpty || this.nameDropped()) return this.#seq++;
    this.#unnamed.add(this.#seq++);
    this.#dropped++;
    return -1;
  }

  #metricsAsText(metrics: Metrics, stamp: Stamp): void {
    const seq = this.#nextSeq();
    if (seq >= 0) this.#append(seq, stamp, (head) => this.#format.metrics!(head, metrics));
  }

  #append(seq: number, { step, timestamp, time }: Stamp, encode: (head: Head) => string): void {
    const isLate = seq !== this.#seq - 1;
    try {
      const text = encode({ step, timestamp, time, seq, ...(isLate ? { next: this.#seq } : {}) });
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
    this.#unnamed.add(seq);
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
