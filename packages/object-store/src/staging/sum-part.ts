import { CHUNK, type ChecksumAlgorithm } from "../object-body.ts";
import { RunningSum } from "./checksums.ts";
import type { StagedPart } from "./staged-upload.ts";

/** A file whose parts are to be summed up. */
export interface PartedFile {
  /** The descriptor of the open file. */
  readonly file: number;
  /** Of the file, in bytes. */
  readonly size: number;
  /** In bytes. */
  readonly partSize: number;
  readonly algorithm: ChecksumAlgorithm;
}

/** Reads at most so many bytes from there on. */
export type ReadBytes = (length: number, position: number) => number | Promise<number>;

/**
 * The checksums of one part. If that is too short, the file has shrunk.
 *
 * @param index - 0 and up.
 * @param buffer - Of {@link CHUNK} bytes, which `readBytes` fills from its beginning.
 */
export async function sumPart(
  { size, partSize, algorithm }: PartedFile,
  index: number,
  buffer: Uint8Array,
  readBytes: ReadBytes,
): Promise<StagedPart> {
  const sum = await RunningSum.start(algorithm);
  const end = Math.min(size, (index + 1) * partSize);
  for (let at = index * partSize; at < end;) {
    const bytes = await readBytes(Math.min(CHUNK, end - at), at);
    if (bytes === 0) break;
    sum.add(buffer.subarray(0, bytes));
    at += bytes;
  }
  return sum.result();
}
