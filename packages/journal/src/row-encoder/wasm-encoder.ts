import { MAX_FRAME_WORDS, MAX_NAME_TEXT } from "../frame.ts";
import type { RowLayout } from "../record-writer.ts";
import { MAX_NAME_BYTES, MAX_NAMES, NAMES, frameMemory, type FrameMemory, type Ring } from "../ring.ts";
import { BATCH_BYTES, type FrameEncoder } from "./frame-encoder.ts";
import { moduleBase64 } from "./wasm-module.ts";

const PAGE = 65_536;
/** The longest text of a number, with quotes. */
const MAX_NUMBER_TEXT = 32;
/** Texts are copied in blocks of this size, so that is how far one may be read or written beyond its end. */
const OVERREAD = 16;
/** What stands in front of the text of a field that is kept for the next row. */
const SLOT_HEAD = 16;
/** A row of nothing but the longest names, in the longest frame: the most that one frame makes. */
const MAX_ROW_TEXT = Math.ceil(MAX_FRAME_WORDS / 1.5) * (MAX_NAME_TEXT + MAX_NUMBER_TEXT);

/** As much of WebAssembly as is used here: TypeScript knows it as a part of the browser only. */
interface WebAssemblyHost {
  readonly Memory: new (size: { initial: number }) => {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

interface Exports {
  free(): number;
  state(): number;
  configure(
    texts: number,
    slots: number,
    slotBytes: number,
    fieldCount: number,
    quoted: number,
    nameEnds: number,
    nameTexts: number,
    output: number,
    batch: number,
  ): void;
  encode(input: number, words: number): number;
}

/**
 * The encoder in WebAssembly: what `PlainEncoder` makes, byte by byte, in a third of its time. Frames
 * are copied into its own memory, which costs a hundredth of encoding them and leaves the ring plain
 * shared memory. The memory is large on paper only: pages that are never touched take no room.
 */
export class WasmEncoder implements FrameEncoder {
  readonly #ring: Ring;
  readonly #exports: Exports;
  /** Length, records and whole length of the output. */
  readonly #state: Uint32Array;
  readonly #input: number;
  readonly #nameEnds: Uint32Array;
  readonly #nameTexts: Uint8Array;
  #names = 0;
  readonly scratch: FrameMemory;
  readonly output: Buffer;

  /** @throws if the platform has no WebAssembly, or does not allow it */
  constructor(layout: RowLayout, ring: Ring) {
    this.#ring = ring;
    const texts = [...layout.fields, layout.open, layout.close].map((text) => Buffer.from(text));
    const layoutBytes = texts.reduce((sum, text) => sum + text.length, 0);
    const longestField = Math.max(0, ...texts.slice(0, layout.fields.length).map((text) => text.length));
    const outputBytes = BATCH_BYTES + MAX_ROW_TEXT + layoutBytes + texts.length * MAX_NUMBER_TEXT;

    const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyHost })
      .WebAssembly;
    const memory = new Memory({ initial: 1 });
    const module = new Module(Buffer.from(moduleBase64, "base64"));
    this.#exports = new Instance(module, { env: { memory } }).exports as Exports;

    let end = this.#exports.free();
    const allocate = (bytes: number): number => {
      const start = (end + 15) & ~15;
      end = start + bytes;
      return start;
    };
    const table = allocate(texts.length * 8);
    const slotBytes = (SLOT_HEAD + longestField + 2 * MAX_NUMBER_TEXT + 15) & ~15;
    const slots = allocate(layout.fields.length * slotBytes);
    const layoutAt = allocate(layoutBytes + OVERREAD);
    this.#input = allocate(MAX_FRAME_WORDS * 8);
    const nameEnds = allocate(MAX_NAMES * 4);
    const nameTexts = allocate(MAX_NAME_BYTES + OVERREAD);
    const output = allocate(outputBytes);

    memory.grow(Math.ceil(end / PAGE) - 1);
    const { buffer } = memory;
    this.scratch = frameMemory(buffer, this.#input, MAX_FRAME_WORDS);
    this.#state = new Uint32Array(buffer, this.#exports.state(), 3);
    this.#nameEnds = new Uint32Array(buffer, nameEnds, MAX_NAMES);
    this.#nameTexts = new Uint8Array(buffer, nameTexts, MAX_NAME_BYTES);
    this.output = Buffer.from(buffer, output, outputBytes);
    let at = layoutAt;
    for (const [i, text] of texts.entries()) {
      new Uint32Array(buffer, table + i * 8, 2).set([at, text.length]);
      new Uint8Array(buffer, at).set(text);
      at += text.length;
    }
    // No field is NaN, so that the first row finds none as it was.
    new Float64Array(buffer, slots, (layout.fields.length * slotBytes) / 8).fill(NaN);
    const quoted = layout.nonFinite === "quoted" ? 1 : 0;
    this.#exports.configure(
      table,
      slots,
      slotBytes,
      layout.fields.length,
      quoted,
      nameEnds,
      nameTexts,
      output,
      BATCH_BYTES,
    );
  }

  get length(): number {
    return this.#state[0]!;
  }

  get records(): number {
    return this.#state[1]!;
  }

  get wholeLength(): number {
    return this.#state[2]!;
  }

  clear(): void {
    this.#state[0] = this.#state[1] = this.#state[2] = 0;
  }

  encode(memory: FrameMemory, from: number, to: number): number {
    this.#learnNames();
    if (memory === this.scratch) return from + this.#exports.encode(this.#input + from * 8, to - from);
    this.scratch.f64.set(memory.f64.subarray(from, to));
    return from + this.#exports.encode(this.#input, to - from);
  }

  #learnNames(): void {
    const names = Atomics.load(this.#ring.control, NAMES);
    if (names === this.#names) return;
    const { ends, texts } = this.#ring.dictionary;
    const start = this.#names === 0 ? 0 : ends[this.#names - 1]!;
    this.#nameEnds.set(ends.subarray(this.#names, names), this.#names);
    this.#nameTexts.set(texts.subarray(start, ends[names - 1]), start);
    this.#names = names;
  }
}
