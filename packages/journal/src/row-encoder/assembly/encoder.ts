// @ts-nocheck AssemblyScript: its types are not TypeScript's.
import { writeNumber } from "./number";

// What the frames are is said in src/frame.ts.
const ROW: u32 = 1;
const TEXT: u32 = 2;
const SKIP: u32 = 3;
const LAST: u32 = 0x80000000;

/**
 * What is in the output: its length, the records that have ended in it, and the length up to the last of
 * these ends. In memory, where the host reads it at a tenth of what a global costs it, and clears it.
 */
const STATE: usize = memory.data(12);

/** Per field, then for what opens and for what closes the metrics: address and length of a text. */
let texts: usize = 0;
/**
 * Per field, in slots of `slotBytes`: the value that it had last, then the length of its text and number,
 * then these two at SLOT_TEXT. Most fields are what they were in the row before.
 */
let slots: usize = 0;
let slotBytes: u32 = 0;
const SLOT_TEXT: u32 = 16;
let fieldCount: u32 = 0;
let quoted: bool = false;
let nameEnds: usize = 0;
let nameTexts: usize = 0;
let output: usize = 0;
let batch: u32 = 0;

/** Where the memory is free for the host. */
export function free(): usize {
  return __heap_base;
}

export function configure(
  texts_: usize,
  slots_: usize,
  slotBytes_: u32,
  fieldCount_: u32,
  quoted_: bool,
  nameEnds_: usize,
  nameTexts_: usize,
  output_: usize,
  batch_: u32,
): void {
  texts = texts_;
  slots = slots_;
  slotBytes = slotBytes_;
  fieldCount = fieldCount_;
  quoted = quoted_;
  nameEnds = nameEnds_;
  nameTexts = nameTexts_;
  output = output_;
  batch = batch_;
}

export function state(): usize {
  return STATE;
}

/** Encodes `words` words of frames at `input`; returns how many words of them it took. */
export function encode(input: usize, words: u32): u32 {
  let length = load<u32>(STATE);
  let records = load<u32>(STATE, 4);
  let wholeLength = load<u32>(STATE, 8);
  let at: u32 = 0;
  while (at < words && length < batch) {
    const frame = input + (at << 3);
    const header = load<u32>(frame);
    const count = load<u32>(frame, 4);
    const kind = header >>> 16;
    if (kind == ROW) {
      length = u32(writeRow(output + length, frame, count) - output);
      records++;
      wholeLength = length;
    } else if (kind == TEXT) {
      const bytes = count & ~LAST;
      memory.copy(output + length, frame + 8, bytes);
      length += bytes;
      if ((count & LAST) != 0) {
        records++;
        wholeLength = length;
      }
    } else if (kind != SKIP) break;
    at += header & 0xffff;
  }
  store<u32>(STATE, length);
  store<u32>(STATE, records, 4);
  store<u32>(STATE, wholeLength, 8);
  return at;
}

function writeRow(out: usize, frame: usize, count: u32): usize {
  let text = texts;
  let from = frame + 8;
  let slot = slots;
  for (let i: u32 = 0; i < fieldCount; i++) {
    const value = load<u64>(from);
    if (value != load<u64>(slot)) {
      const start = slot + SLOT_TEXT;
      const end = writeValue(writeText(start, load<u32>(text), load<u32>(text, 4)), load<f64>(from));
      store<u64>(slot, value);
      store<u32>(slot, u32(end - start), 8);
    }
    out = writeText(out, slot + SLOT_TEXT, load<u32>(slot, 8));
    text += 8;
    from += 8;
    slot += slotBytes;
  }
  out = writeText(out, load<u32>(text), load<u32>(text, 4));
  let values = from + (((count + 1) >>> 1) << 3);
  for (let i: u32 = 0; i < count; i++) {
    const id = load<u32>(from);
    const start = id == 0 ? 0 : load<u32>(nameEnds + (id << 2) - 4);
    const end = load<u32>(nameEnds + (id << 2));
    // A name's text begins with the comma that the first one does not need.
    const skip = u32(i == 0);
    out = writeText(out, nameTexts + start + skip, end - start - skip);
    out = writeValue(out, load<f64>(values));
    from += 4;
    values += 8;
  }
  return writeText(out, load<u32>(text, 8), load<u32>(text, 12));
}

/** Copies blocks of 16 bytes: what is written behind the end is written over. */
function writeText(out: usize, from: usize, bytes: u32): usize {
  for (let i: u32 = 0; i < bytes; i += 16) v128.store(out + i, v128.load(from + i));
  return out + bytes;
}

function writeValue(out: usize, value: f64): usize {
  return value - value == 0 ? writeNumber(out, value) : writeNonFinite(out, value);
}

function writeNonFinite(out: usize, value: f64): usize {
  if (quoted) store<u8>(out++, 34); // "
  if (value != value) {
    store<u32>(out, 0x4e614e); // NaN
    out += 3;
  } else {
    if (value < 0) store<u8>(out++, 45); // -
    store<u32>(out, 0x69666e49); // Infi
    store<u32>(out, 0x7974696e, 4); // nity
    out += 8;
  }
  if (quoted) store<u8>(out++, 34);
  return out;
}
