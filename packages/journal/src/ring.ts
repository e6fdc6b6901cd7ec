import { JournalError } from "./journal-error.ts";

/*
 * The memory that the appending thread and the writing thread share. Positions count 8-byte words
 * since the start, modulo 2^32; differences are taken modulo 2^32, too. The memory is cut into
 * chunks: position p lies in chunk `order[p / chunkWords]` at offset `p % chunkWords`. The appending
 * thread picks the chunk that was used last among the free ones, so that the memory touched is as
 * large as the backlog ever was and not as large as the ring.
 */

/** Words of {@link Ring.control}. HEAD and TAIL are on cache lines of their own. */
export const HEAD = 0; // appended up to here; written by the appending thread
export const SLEEPING = 1; // STARTING, AWAKE, ASLEEP or GONE: what the appending thread must do
export const DOORBELL = 2; // counts rings; the worker waits on it
export const FLUSH = 3; // number of the latest flush request
export const STOP = 4; // 0, CLOSE or LEAVE
export const NAMES = 5; // names in the dictionary
export const STARVED = 6; // 1: the appending thread waits for TAIL to move
export const FAILING = 7; // 1: the last attempt to write failed; the worker tries again
export const TAIL = 16; // written to the file up to here; written by whoever holds the lock
export const LOCK = 17; // UNLOCKED, or who may encode and write
export const STARTED = 18; // 1: the worker runs

/**
 * Values of SLEEPING: the worker does not run yet, looks by itself, waits until it is rung for, will
 * never look again.
 */
export const STARTING = 0;
export const AWAKE = 1;
export const ASLEEP = 2;
export const GONE = 3;

/** Values of STOP beside 0: write all, then end; end at once, the calling thread writes the rest. */
export const CLOSE = 1;
export const LEAVE = 2;

/** Values of LOCK. */
export const UNLOCKED = 0;
export const BY_WORKER = 1;
export const BY_CALLER = 2;

/** Indices of {@link Ring.counters}; written by whoever holds the lock. */
export const POSITION = 0; // where the next byte goes in the file
export const WHOLE = 1; // size of the file up to the last whole record
export const WRITTEN = 2; // whole records written

const CONTROL_WORDS = 32;
const COUNTERS_AT = CONTROL_WORDS * 4;
const COUNTERS = 4;
const ORDER_AT = COUNTERS_AT + COUNTERS * 8;

const MAX_CHUNK_BYTES = 65_536;
const MIN_CHUNK_BYTES = 256;
const MIN_RING_BYTES = 4 * MIN_CHUNK_BYTES;
/** Differences of positions must stay within 31 bits. */
const MAX_RING_BYTES = 2 ** 30;

/** The number of names that the dictionary holds, and the bytes of their texts. */
export const MAX_NAMES = 65_536;
export const MAX_NAME_BYTES: number = 4 * 1024 * 1024;

/** The shared memory of a ring as it crosses to the worker. */
export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
  readonly names: SharedArrayBuffer;
  readonly chunkBytes: number;
}

/** Makes the memory of a ring that holds about `bytes` of frames, rounded down to whole chunks. */
export function createRing(bytes: number): RingMemory {
  if (!Number.isInteger(bytes) || bytes < MIN_RING_BYTES || bytes > MAX_RING_BYTES) {
    throw new JournalError(
      "INVALID_ARGUMENT",
      `bufferBytes must be a whole number from ${MIN_RING_BYTES} to ${MAX_RING_BYTES}, not ${String(bytes)}`,
    );
  }
  const share = 2 ** Math.floor(Math.log2(bytes / 16));
  const chunkBytes = Math.min(MAX_CHUNK_BYTES, Math.max(MIN_CHUNK_BYTES, share));
  const chunks = Math.floor(bytes / chunkBytes);
  const orderLength = 2 ** Math.ceil(Math.log2(chunks));
  return {
    control: new SharedArrayBuffer(ORDER_AT + orderLength * 4),
    data: untouched(chunks * chunkBytes),
    names: untouched(MAX_NAMES * 4 + MAX_NAME_BYTES),
    chunkBytes,
  };
}

/**
 * Memory that takes nothing until it is touched. Only what could grow comes from the system for certain; other
 * memory may be some that was freed before, all of which is then overwritten with zeros.
 */
function untouched(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes, { maxByteLength: bytes });
}

/** One thread's views of a {@link RingMemory}. */
export class Ring {
  memory: RingMemory;
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly counters: BigInt64Array<SharedArrayBuffer>;
  /** The chunk that holds each run of `chunkWords` positions, by their number modulo its length. */
  readonly order: Int32Array<SharedArrayBuffer>;
  frames: FrameMemory;
  dictionary: Dictionary;
  readonly chunkWords: number;
  /** `position >>> chunkShift` is the number of its run of positions. */
  readonly chunkShift: number;
  readonly chunks: number;

  constructor(memory: RingMemory) {
    this.memory = memory;
    this.control = new Int32Array(memory.control, 0, CONTROL_WORDS);
    this.counters = new BigInt64Array(memory.control, COUNTERS_AT, COUNTERS);
    this.order = new Int32Array(memory.control, ORDER_AT);
    this.frames = frameMemory(memory.data);
    this.dictionary = dictionaryIn(memory.names, MAX_NAMES);
    this.chunkWords = memory.chunkBytes / 8;
    this.chunkShift = Math.log2(this.chunkWords);
    this.chunks = memory.data.byteLength / memory.chunkBytes;
  }

  /** Says that the file is `bytes` long before the first record. */
  startAt(bytes: number): void {
    this.counters[POSITION] = this.counters[WHOLE] = BigInt(bytes);
  }

  /** Lets go of frames and names. What was counted stays. */
  release(): void {
    const nothing = new SharedArrayBuffer(0);
    this.memory = { ...this.memory, data: nothing, names: nothing };
    this.frames = frameMemory(nothing);
    this.dictionary = dictionaryIn(nothing, 0);
  }
}

/** Memory that holds frames, seen as each type that stands in them. */
export interface FrameMemory {
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly bytes: Buffer;
}

/** Views of `words` words of `buffer` from byte `start` on. */
export function frameMemory(
  buffer: SharedArrayBuffer | ArrayBuffer,
  start = 0,
  words: number = buffer.byteLength / 8,
): FrameMemory {
  return {
    u32: new Uint32Array(buffer, start, words * 2),
    f64: new Float64Array(buffer, start, words),
    bytes: Buffer.from(buffer, start, words * 8),
  };
}

function dictionaryIn(memory: SharedArrayBuffer, names: number): Dictionary {
  const start = names * 4;
  return {
    ends: new Uint32Array(memory, 0, names),
    // With its length: a view that grows with its memory would be slower.
    texts: Buffer.from(memory, start, memory.byteLength - start),
  };
}

/**
 * The names of metrics by id, each as the UTF-8 text `,"name":`. It only ever grows: what an id
 * means is settled before the first frame that uses it is published.
 */
export interface Dictionary {
  /** Where the text of each name ends in `texts`; it begins where the one before ends. */
  readonly ends: Uint32Array;
  readonly texts: Buffer;
}
