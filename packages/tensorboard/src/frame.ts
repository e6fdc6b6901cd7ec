import { crc32c } from "@node-rs/crc32";

const HEADER = 12;
const FOOTER = 4;
/** What TFRecord adds to a rotated checksum, so that one over data that holds checksums is still a good one. */
const MASK = 0xa282ead8;

/** A record as TFRecord files have it: its length, a checksum of that, the record, a checksum of that. */
export function frame(record: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(HEADER + record.length + FOOTER);
  bytes.writeUInt32LE(record.length, 0);
  bytes.writeUInt32LE(0, 4);
  bytes.writeUInt32LE(maskedChecksum(bytes.subarray(0, 8)), 8);
  bytes.set(record, HEADER);
  bytes.writeUInt32LE(maskedChecksum(record), HEADER + record.length);
  return bytes;
}

function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
}
