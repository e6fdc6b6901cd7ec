/*
 * As much of Protocol Buffers as a `.wandb` file needs: messages are described by plain data, and the
 * fields of one are written in the order of its description. What a description does not name is
 * skipped when it is read.
 */

import { BackwardWriter } from "./backward-writer.ts";

/** The kinds of scalars: `"int"` is any of int32, int64, bool and enum, which all look alike. */
export type ScalarKind = "string" | "int";

/** One field: its number, what it holds, and whether it holds many of those. */
export type Field = readonly [number: number, kind: ScalarKind | MessageType, repeated?: "repeated"];

/** The description of a message. */
export interface MessageType {
  readonly [name: string]: Field;
}

/** A message as plain data; what is undefined is not written. */
export type Message = Readonly<Record<string, unknown>>;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const writer = new BackwardWriter();

/** The bytes of a message. Integers are safe ones; negative ones take ten bytes. */
export function encodeMessage(type: MessageType, message: Message): Buffer {
  writeMessage(type, message);
  return writer.take();
}

function writeMessage(type: MessageType, message: Message): void {
  for (const [name, [number, kind, repeated]] of lastFieldFirst(type)) {
    const value = message[name];
    if (value === undefined) continue;
    if (repeated === undefined) writeField(number, kind, value);
    else for (const element of (value as readonly unknown[]).toReversed()) writeField(number, kind, element);
  }
}

function writeField(number: number, kind: Field[1], value: unknown): void {
  if (kind === "int") {
    writer.int(Number(value));
    writer.int(number * 8 + VARINT);
    return;
  }
  const before = writer.length;
  if (kind === "string") writer.text(value as string);
  else writeMessage(kind, value as Message);
  writer.int(writer.length - before);
  writer.int(number * 8 + BYTES);
}

const reversed = new WeakMap<MessageType, readonly (readonly [name: string, field: Field])[]>();

function lastFieldFirst(type: MessageType): readonly (readonly [name: string, field: Field])[] {
  let fields = reversed.get(type);
  if (fields === undefined) reversed.set(type, (fields = Object.entries(type).toReversed()));
  return fields;
}

/**
 * The message in `bytes`. A repeated field that does not occur is an empty array.
 *
 * @throws RangeError if the bytes are no such message
 */
export function decodeMessage(type: MessageType, bytes: Uint8Array): Message {
  const fields = fieldsByNumber(type);
  const message: Record<string, unknown> = {};
  for (const name in type) if (type[name]![2] !== undefined) message[name] = [];
  const reader = new Reader(bytes);
  while (!reader.ended) {
    const tag = reader.varint();
    const field = fields.get(Math.floor(tag / 8));
    const value = reader.value(tag % 8);
    if (field === undefined) continue;
    const [name, kind, repeated] = field;
    const decoded = decodeValue(kind, value, name);
    if (repeated) (message[name] as unknown[]).push(decoded);
    else message[name] = decoded;
  }
  return message;
}

function decodeValue(kind: Field[1], value: number | Uint8Array, name: string): unknown {
  if ((kind === "int") !== (typeof value === "number")) {
    throw new RangeError(`field ${name} has the wire type of another kind`);
  }
  if (typeof value === "number") return value;
  if (kind === "string") return Buffer.from(value.buffer, value.byteOffset, value.length).toString();
  return decodeMessage(kind as MessageType, value);
}

type Known = readonly [name: string, kind: Field[1], repeated: boolean];
const known = new WeakMap<MessageType, Map<number, Known>>();

function fieldsByNumber(type: MessageType): Map<number, Known> {
  let fields = known.get(type);
  if (fields === undefined) {
    fields = new Map(
      Object.entries(type).map(([name, [number, kind, repeated]]) => [
        number,
        [name, kind, repeated !== undefined],
      ]),
    );
    known.set(type, fields);
  }
  return fields;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** A signed 64-bit integer, as a double. */
  varint(): number {
    let low = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("the message ends within an integer");
      if (shift === 9) return this.#negative(this.#at - 10);
      low += (byte & 127) * 128 ** shift;
      if (byte < 128) return low;
    }
    return low;
  }

  value(wireType: number): number | Uint8Array {
    if (wireType === VARINT) return this.varint();
    const length =
      wireType === BYTES ? this.varint() : wireType === FIXED64 ? 8 : wireType === FIXED32 ? 4 : -1;
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length)
      throw new RangeError(`a field of ${length} bytes does not fit`);
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  #negative(start: number): number {
    let wide = 0n;
    for (let i = 0; i < 10; i++) wide |= BigInt(this.#bytes[start + i]! & 127) << BigInt(7 * i);
    return Number(BigInt.asIntN(64, wide));
  }
}
