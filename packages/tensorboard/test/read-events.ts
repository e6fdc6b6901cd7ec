/** Reads event files with nothing of the package or its libraries, as TensorFlow documents them. */

/** What an event file says. */
export interface ReadEvent {
  /** Unix seconds. */
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion: string | undefined;
  readonly values: readonly ReadValue[];
}

export interface ReadValue {
  readonly tag: string;
  readonly plugin: string | undefined;
  readonly dataClass: number | undefined;
  readonly scalar: number | undefined;
  readonly shape: readonly number[];
  readonly strings: readonly Buffer[];
  readonly doubles: Float64Array;
}

/** All events; throws if a length or a checksum is wrong, or the file ends within a record. */
export function readEvents(file: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    checkSum(file.subarray(at, at + 8), file.readUInt32LE(at + 8));
    const record = file.subarray(at + 12, at + 12 + length);
    if (record.length !== length) throw new Error("the file ends within a record");
    checkSum(record, file.readUInt32LE(at + 12 + length));
    events.push(readEvent(record));
    at += length + 16;
  }
  return events;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function checkSum(bytes: Uint8Array, masked: number): void {
  const rotated = (masked - 0xa282ead8) >>> 0;
  const crc = ((rotated >>> 17) | (rotated << 15)) >>> 0;
  if (crc !== crc32c(bytes)) throw new Error("a checksum is wrong");
}

type Field = readonly [number: number, value: Buffer | bigint];

/** The fields of a message: varints and what has a length; fixed ones as their bytes. */
function* fields(message: Buffer): Generator<Field, void, void> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const number = key >>> 3;
    const type = key & 7;
    if (type === 0) {
      yield [number, varint()];
      continue;
    }
    const length = type === 1 ? 8 : type === 5 ? 4 : Number(varint());
    yield [number, message.subarray(at, at + length)];
    at += length;
  }
}

function all(message: Buffer, number: number): Buffer[] {
  return [...fields(message)].filter(([each]) => each === number).map(([, value]) => value as Buffer);
}

function first(message: Buffer | undefined, number: number): Buffer | undefined {
  return message && all(message, number)[0];
}

function integer(message: Buffer | undefined, number: number): number | undefined {
  const value: unknown = first(message, number);
  return value === undefined ? undefined : Number(value);
}

function readEvent(record: Buffer): ReadEvent {
  const summary = first(record, 5);
  return {
    wallTime: first(record, 1)!.readDoubleLE(),
    step: integer(record, 2) ?? 0,
    fileVersion: first(record, 3)?.toString(),
    values: summary === undefined ? [] : all(summary, 1).map(readValue),
  };
}

function readValue(value: Buffer): ReadValue {
  const metadata = first(value, 9);
  const tensor = first(value, 8);
  const shape = first(tensor, 2);
  const content = first(tensor, 4) ?? Buffer.alloc(0);
  return {
    tag: first(value, 1)!.toString(),
    plugin: first(first(metadata, 1), 1)?.toString(),
    dataClass: integer(metadata, 4),
    scalar: first(value, 2)?.readFloatLE(),
    shape: shape === undefined ? [] : all(shape, 2).map((dimension) => integer(dimension, 1) ?? 0),
    strings: tensor === undefined ? [] : all(tensor, 8),
    doubles: Float64Array.from({ length: content.length / 8 }, (_, i) => content.readDoubleLE(i * 8)),
  };
}
