import type { FrameMemory } from "../ring.ts";

/** Turns frames into the bytes of the file. */
export interface FrameEncoder {
  /**
   * Encodes the frames in words `from` to `to` of `memory` behind what {@link output} holds already.
   * Stops early, at the start of a frame, before a HUGE frame or once {@link BATCH_BYTES} are reached.
   * @returns the word at which it stopped
   */
  encode(memory: FrameMemory, from: number, to: number): number;
  /** Memory for one frame of any length, which {@link encode} reads at the least cost. */
  readonly scratch: FrameMemory;
  /** The encoded bytes are its first {@link length}. Read it anew after each call. */
  readonly output: Buffer;
  readonly length: number;
  /** How many records have ended since {@link clear}, and the length of the output up to the last end. */
  readonly records: number;
  readonly wholeLength: number;
  /** Empties the output. */
  clear(): void;
}

/** The size from which encoded bytes are written. */
export const BATCH_BYTES: number = 256 * 1024;
