import { crc32 } from "node:zlib";

/*
 * The log of LevelDB with a header of its own: blocks of 32 KiB, counted from the start of the file, hold
 * chunks that never cross their end. A record is one full chunk, or a first, any middle ones and a last. The
 * checksum is the plain CRC-32 of zlib over type and bytes.
 */

/** The first bytes of a file: `:W&B`, a magic number, version 0. */
export const FILE_HEADER: Uint8Array = Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00);
export const BLOCK = 32_768;
export const CHUNK_HEADER = 7;

export const FULL = 1;
export const FIRST = 2;
export const MIDDLE = 3;
export const LAST = 4;

/** The checksum of a chunk. */
export function checksum(type: number, bytes: Uint8Array): number {
  return crc32(bytes, crc32(Uint8Array.of(type)));
}

/** The bytes that a record takes in a file of which `position` bytes are written. */
export function frame(payload: Uint8Array, position: number): Buffer {
  const parts: Uint8Array[] = [];
  let at = position;
  let done = 0;
  do {
    let room = BLOCK - (at % BLOCK);
    if (room < CHUNK_HEADER) {
      parts.push(new Uint8Array(room));
      at += room;
      room = BLOCK;
    }
    const length = Math.min(payload.length - done, room - CHUNK_HEADER);
    const isLast = done + length === payload.length;
    const type =
      done === 0 && at === firstChunkAt(position) ? (isLast ? FULL : FIRST) : isLast ? LAST : MIDDLE;
    const bytes = payload.subarray(done, done + length);
    const header = Buffer.alloc(CHUNK_HEADER);
    header.writeUInt32LE(checksum(type, bytes), 0);
    header.writeUInt16LE(length, 4);
    header[6] = type;
    parts.push(header, bytes);
    at += CHUNK_HEADER + length;
    done += length;
    if (isLast) break;
  } while (done < payload.length);
  return Buffer.concat(parts);
}

/** Where the first chunk of a record begins: a rest too short for a header is left out. */
function firstChunkAt(position: number): number {
  const room = BLOCK - (position % BLOCK);
  return room < CHUNK_HEADER ? position + room : position;
}
