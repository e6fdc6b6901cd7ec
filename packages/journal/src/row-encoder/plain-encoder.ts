import { LAST, MAX_FRAME_WORDS, ROW, SKIP, TEXT } from "../frame.ts";
import type { RowLayout } from "../record-writer.ts";
import { frameMemory, type Dictionary, type FrameMemory } from "../ring.ts";
import { BATCH_BYTES, type FrameEncoder } from "./frame-encoder.ts";
import { numberText } from "./row-text.ts";

/** The encoder in plain JavaScript: works everywhere, and says what is right for the other one. */
export class PlainEncoder implements FrameEncoder {
  readonly #layout: RowLayout;
  readonly #dictionary: Dictionary;
  readonly #names: string[] = [];
  readonly scratch: FrameMemory = frameMemory(new ArrayBuffer(MAX_FRAME_WORDS * 8));
  #output: Buffer = Buffer.allocUnsafe(BATCH_BYTES + 65_536);
  /** Rows that are not in the output yet: one long string is cheaper to convert than many short ones. */
  #text = "";
  length = 0;
  records = 0;
  wholeLength = 0;

  constructor(layout: RowLayout, dictionary: Dictionary) {
    this.#layout = layout;
    this.#dictionary = dictionary;
  }

  get output(): Buffer {
    return this.#output;
  }

  clear(): void {
    this.length = this.records = this.wholeLength = 0;
  }

  encode(memory: FrameMemory, from: number, to: number): number {
    let at = from;
    while (at < to && this.length + this.#text.length < BATCH_BYTES) {
      const header = memory.u32[at * 2]!;
      const count = memory.u32[at * 2 + 1]!;
      const kind = header >>> 16;
      if (kind === ROW) this.#row(memory, at, count);
      else if (kind === TEXT) this.#bytes(memory.bytes, (at + 1) * 8, count);
      else if (kind !== SKIP) break;
      at += header & 0xffff;
    }
    this.#commit();
    return at;
  }

  #row(memory: FrameMemory, at: number, count: number): void {
    const { fields, open, close, nonFinite } = this.#layout;
    let text = "";
    for (let i = 0; i < fields.length; i++) {
      text += fields[i]! + numberText(memory.f64[at + 1 + i]!, nonFinite);
    }
    text += open;
    const ids = (at + 1 + fields.length) * 2;
    const values = at + 1 + fields.length + ((count + 1) >> 1);
    for (let i = 0; i < count; i++) {
      const id = memory.u32[ids + i]!;
      const name = this.#names[id] ?? this.#name(id);
      text += (i === 0 ? name.slice(1) : name) + numberText(memory.f64[values + i]!, nonFinite);
    }
    this.#text += text + close;
    this.records++;
  }

  #name(id: number): string {
    const { ends, texts } = this.#dictionary;
    const name = texts.toString("utf8", id === 0 ? 0 : ends[id - 1]!, ends[id]);
    this.#names[id] = name;
    return name;
  }

  #bytes(source: Buffer, start: number, count: number): void {
    this.#commit();
    const bytes = (count & ~LAST) >>> 0;
    this.#reserve(bytes);
    source.copy(this.#output, this.length, start, start + bytes);
    this.length += bytes;
    if (bytes !== count) {
      this.records++;
      this.wholeLength = this.length;
    }
  }

  #commit(): void {
    if (this.#text === "") return;
    this.#reserve(this.#text.length * 3);
    this.length += this.#output.write(this.#text, this.length, "utf8");
    this.wholeLength = this.length;
    this.#text = "";
  }

  #reserve(bytes: number): void {
    if (this.length + bytes <= this.#output.length) return;
    const larger = Buffer.allocUnsafe((this.length + bytes) * 2);
    this.#output.copy(larger, 0, 0, this.length);
    this.#output = larger;
  }
}
