import { HUGE, LAST, ROW, rowWords, SKIP, TEXT } from "./frame.ts";
import { JournalError } from "./journal-error.ts";
import { NameTable } from "./name-table.ts";
import type { RowLayout, WriterStats } from "./record-writer.ts";
import { HEAD, TAIL, WHOLE, WRITTEN, type Ring } from "./ring.ts";
import type { FrameEncoder } from "./row-encoder/frame-encoder.ts";
import { rowText } from "./row-encoder/row-text.ts";

/**
 * The backlog from which rows are encoded by the thread that appends them, in bytes. It bounds what
 * a kill can take when rows come faster than the worker encodes them, what is left to do when the
 * writer is closed, and the memory touched: what is in the ring stays in the caches of both threads.
 */
const PRESSURE_BYTES = 512 * 1024;

/** What a {@link RingProducer} asks of the writer that owns it. */
export interface RingOwner {
  /** A chunk is full; `backlog` bytes wait. */
  crossed(backlog: number): void;
  /** The ring is full, as seen at `tail`. Returns true if the tail has moved since. */
  makeRoom(tail: number): boolean;
  /** Takes a record that is larger than the ring; its frame, at `position`, is published right after. */
  handOver?(record: SharedArrayBuffer, position: number): void;
  /** Makes an encoder for rows that this thread encodes itself. Called once, when first needed. */
  encoder(): FrameEncoder;
}

/** The appending side of a {@link Ring}. */
export class RingProducer {
  readonly #ring: Ring;
  readonly #layout: RowLayout;
  readonly #owner: RingOwner;
  #names: NameTable;
  #u32: Uint32Array;
  #f64: Float64Array;
  readonly #control: Int32Array;
  readonly #fieldCount: number;
  readonly #pressureChunks: number;

  /** The free chunks, the one used last on top. */
  readonly #free: number[] = [];
  /** The number of the oldest run of positions whose chunk is not known to be free. */
  #oldest = 0;
  #tail = 0;
  /** The position after the last frame, and its word in the memory; the latter ends at `#end`. */
  #position = 0;
  #at = 0;
  #end = 0;
  /** `#end` for rows, or 0 while rows are encoded here. */
  #rowEnd = 0;
  #lastNames: readonly string[] | undefined;
  #lastIds: Uint32Array = new Uint32Array(0);
  #encoder: FrameEncoder | undefined;
  #huge: { readonly record: SharedArrayBuffer; readonly end: number } | undefined;

  #stopped = false;
  #appended = 0;
  #refused = 0;

  constructor(ring: Ring, layout: RowLayout, owner: RingOwner) {
    this.#ring = ring;
    this.#layout = layout;
    this.#owner = owner;
    this.#names = new NameTable(ring);
    this.#u32 = ring.frames.u32;
    this.#f64 = ring.frames.f64;
    this.#control = ring.control;
    this.#fieldCount = layout.fields.length;
    const chunkBytes = ring.memory.chunkBytes;
    this.#pressureChunks = Math.min(ring.chunks / 2, PRESSURE_BYTES / chunkBytes);
    for (let chunk = ring.chunks - 1; chunk >= 0; chunk--) this.#free.push(chunk);
  }

  /** The record that stands beside the ring. */
  get huge(): Uint8Array {
    return new Uint8Array(this.#huge!.record);
  }

  /** See `RecordWriter.appendRow`. */
  appendRow(fields: Float64Array, names: readonly string[], values: Float64Array): boolean {
    const fieldCount = this.#fieldCount;
    const count = names.length;
    if (fields.length !== fieldCount || values.length !== count) throw this.#misshapen(fields, names, values);
    let ids = this.#lastIds;
    if (names !== this.#lastNames) {
      if (this.#stopped) return this.#refuse();
      const found = this.#names.idsOf(names);
      this.#lastNames = found && names; // The ids of others may be gone by now.
      if (found === undefined) return this.append(rowText(this.#layout, fields, names, values));
      ids = this.#lastIds = found;
    }
    const words = rowWords(fieldCount, count);
    const at = this.#at;
    if (at + words > this.#rowEnd) return this.#appendRowSlowly(words, fields, names, ids, values);
    writeRow(this.#u32, this.#f64, at, words, fields, ids, values);
    this.#at = at + words;
    this.#position = (this.#position + words) | 0;
    this.#appended++;
    Atomics.store(this.#control, HEAD, this.#position);
    return true;
  }

  /** See `RecordWriter.append`. */
  append(record: string | Uint8Array): boolean {
    if (typeof record !== "string") {
      return this.#appendBytes(
        Buffer.from(record.buffer, record.byteOffset, record.byteLength),
        record.byteLength,
      );
    }
    const start = (this.#at + 1) * 8;
    if (start + record.length * 3 > this.#end * 8) {
      const text = Buffer.from(record);
      return this.#appendBytes(text, text.length);
    }
    const bytes = this.#ring.frames.bytes.write(record, start, "utf8");
    this.#frame(TEXT, 1 + ((bytes + 7) >> 3), bytes | LAST);
    this.#publish();
    return true;
  }

  /** From now on everything is refused. */
  stop(): void {
    this.#stopped = true;
    this.#at = this.#end = this.#rowEnd = 0;
    this.#lastNames = undefined;
  }

  /** Lets go of all memory, once it has stopped and nothing of it is needed any more. */
  release(): void {
    this.#ring.release();
    this.#u32 = this.#ring.frames.u32;
    this.#f64 = this.#ring.frames.f64;
    this.#names = new NameTable(this.#ring);
    this.#encoder = undefined;
    this.#huge = undefined;
  }

  stats(): WriterStats {
    const { counters } = this.#ring;
    return {
      appended: this.#appended,
      written: Number(Atomics.load(counters, WRITTEN)),
      refused: this.#refused,
      bytes: Number(Atomics.load(counters, WHOLE)),
    };
  }

  #misshapen(fields: Float64Array, names: readonly string[], values: Float64Array): JournalError {
    return new JournalError(
      "INVALID_ARGUMENT",
      `a row of this journal has ${this.#fieldCount} fields and one value per name, ` +
        `not ${fields.length} fields, ${names.length} names and ${values.length} values`,
    );
  }

  #appendRowSlowly(
    words: number,
    fields: Float64Array,
    names: readonly string[],
    ids: Uint32Array,
    values: Float64Array,
  ): boolean {
    if (words > this.#ring.chunkWords) return this.append(rowText(this.#layout, fields, names, values));
    if (this.#at + words > this.#end && !this.#nextChunk()) return this.#refuse();
    if (this.#rowEnd === 0) return this.#appendEncoded(words, fields, ids, values);
    writeRow(this.#u32, this.#f64, this.#at, words, fields, ids, values);
    this.#at += words;
    this.#position = (this.#position + words) | 0;
    this.#publish();
    return true;
  }

  /** The worker does not keep up: encoding here slows the appending thread to what can be written. */
  #appendEncoded(words: number, fields: Float64Array, ids: Uint32Array, values: Float64Array): boolean {
    const encoder = (this.#encoder ??= this.#owner.encoder());
    const { scratch } = encoder;
    writeRow(scratch.u32, scratch.f64, 0, words, fields, ids, values);
    encoder.clear();
    encoder.encode(scratch, 0, words);
    return this.#appendBytes(encoder.output, encoder.length);
  }

  #appendBytes(record: Buffer, length: number): boolean {
    while (!this.#hasRoom(length)) {
      if (!this.#stopped && this.#owner.makeRoom(this.#tail)) continue;
      return this.#appendHuge(record, length);
    }
    let done = 0;
    do {
      if (this.#at + 2 > this.#end) this.#nextChunk();
      const part = Math.min(length - done, (this.#end - this.#at - 1) * 8);
      record.copy(this.#ring.frames.bytes, (this.#at + 1) * 8, done, done + part);
      done += part;
      this.#frame(TEXT, 1 + ((part + 7) >> 3), done === length ? part | LAST : part);
    } while (done < length);
    this.#publish();
    return true;
  }

  /** Whether `bytes` of text fit into the rest of this chunk and into the free ones. */
  #hasRoom(bytes: number): boolean {
    if (this.#stopped) return false;
    this.#reclaim();
    const rest = Math.max(0, this.#end - this.#at - 1);
    return (rest + this.#free.length * (this.#ring.chunkWords - 1)) * 8 >= Math.max(1, bytes);
  }

  /** Beside the ring goes only what an empty ring could not hold, one record at a time. */
  #appendHuge(record: Buffer, length: number): boolean {
    const { chunks, chunkWords } = this.#ring;
    const fits = length <= (chunks - 1) * (chunkWords - 1) * 8;
    if (fits || this.#huge !== undefined || (this.#at === this.#end && !this.#nextChunk())) {
      return this.#refuse();
    }
    const shared = new SharedArrayBuffer(length);
    record.copy(new Uint8Array(shared), 0, 0, length);
    this.#owner.handOver?.(shared, this.#position);
    this.#frame(HUGE, 1, 0);
    this.#huge = { record: shared, end: this.#position };
    this.#publish();
    return true;
  }

  #refuse(): false {
    this.#refused++;
    return false;
  }

  #frame(kind: number, words: number, count: number): void {
    this.#u32[this.#at * 2] = (kind << 16) | words;
    this.#u32[this.#at * 2 + 1] = count;
    this.#at += words;
    this.#position = (this.#position + words) | 0;
  }

  #publish(): void {
    this.#appended++;
    Atomics.store(this.#control, HEAD, this.#position);
  }

  /** Leaves the rest of this chunk unused and goes on in a free one. Returns false if there is none. */
  #nextChunk(): boolean {
    this.#reclaim();
    if (this.#free.length === 0 && !this.#stopped && this.#owner.makeRoom(this.#tail)) this.#reclaim();
    const chunk = this.#stopped ? undefined : this.#free.pop();
    if (chunk === undefined) return false;
    if (this.#at < this.#end) this.#frame(SKIP, this.#end - this.#at, 0);
    const { chunkShift, chunkWords, chunks, order, memory } = this.#ring;
    order[(this.#position >>> chunkShift) & (order.length - 1)] = chunk;
    this.#at = chunk * chunkWords;
    this.#end = this.#at + chunkWords;
    const used = chunks - this.#free.length - 1;
    this.#rowEnd = used < this.#pressureChunks ? this.#end : 0;
    this.#owner.crossed(used * memory.chunkBytes);
    return true;
  }

  #reclaim(): void {
    const { chunkShift, control, order } = this.#ring;
    // Integers throughout: a field that once held a double makes the engine forget what it compiled.
    const lastRun = (1 << (32 - chunkShift)) - 1;
    this.#tail = Atomics.load(control, TAIL);
    if (this.#huge !== undefined && ((this.#tail - this.#huge.end) | 0) >= 0) this.#huge = undefined;
    const oldest = this.#tail >>> chunkShift;
    while (this.#oldest !== oldest) {
      this.#free.push(order[this.#oldest & (order.length - 1)]!);
      this.#oldest = (this.#oldest + 1) & lastRun;
    }
  }
}

/** Hand-written loops: for a few values they are faster than `TypedArray.set`. */
function writeRow(
  u32: Uint32Array,
  f64: Float64Array,
  at: number,
  words: number,
  fields: Float64Array,
  ids: Uint32Array,
  values: Float64Array,
): void {
  u32[at * 2] = (ROW << 16) | words;
  const count = values.length;
  u32[at * 2 + 1] = count;
  let to = at + 1;
  for (let i = 0; i < fields.length; i++) f64[to++] = fields[i]!;
  const idsAt = to * 2;
  for (let i = 0; i < count; i++) u32[idsAt + i] = ids[i]!;
  to += (count + 1) >> 1;
  for (let i = 0; i < count; i++) f64[to++] = values[i]!;
}
