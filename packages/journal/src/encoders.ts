import type { RowLayout } from "./record-writer.ts";
import type { Ring } from "./ring.ts";
import type { FrameEncoder } from "./row-encoder/frame-encoder.ts";
import { PlainEncoder } from "./row-encoder/plain-encoder.ts";
import { WasmEncoder } from "./row-encoder/wasm-encoder.ts";

/** Makes the fastest encoder that this platform has for the frames of `ring`. */
export function createEncoder(layout: RowLayout, ring: Ring): FrameEncoder {
  try {
    return new WasmEncoder(layout, ring);
  } catch {
    return new PlainEncoder(layout, ring.dictionary);
  }
}
