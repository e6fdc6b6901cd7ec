/*
 * What stands in the ring: frames of whole 8-byte words that never cross the end of a chunk. The
 * first word is two u32: `kind << 16 | words` with the words of the whole frame, and a count.
 *
 * ROW   count = names; then the fields as f64, the name ids as u32 (padded to a word), the values as f64
 * TEXT  count = bytes, plus LAST if they end a record; then the bytes. Long records take several frames
 * SKIP  the rest of the chunk is unused
 * HUGE  stands for one record that is larger than the ring and was handed over beside it
 */

export const ROW = 1;
export const TEXT = 2;
export const SKIP = 3;
export const HUGE = 4;

/** Bit of a TEXT frame's count: its bytes end a record. */
export const LAST = 0x8000_0000;

/** The longest frame, in words: a chunk of the largest size. */
export const MAX_FRAME_WORDS = 8192;

/** The longest text of one name in the dictionary, in bytes; longer names go with their row as text. */
export const MAX_NAME_TEXT = 1024;

/** The words of a row frame. */
export function rowWords(fields: number, names: number): number {
  return 1 + fields + ((names + 1) >> 1) + names;
}
