import { check } from "./check.ts";
import type { HeldRecord, Kind, StampField } from "./subject.ts";

/** What of two lists of records is compared. */
export interface Comparison {
  readonly kinds: readonly Kind[];
  /** Default: none. */
  readonly stamps?: readonly StampField[];
  /** Records that must come in the order of the calls: none (default), all, those of a kind or of a name. */
  readonly order?: "all" | "kind" | "name";
}

/**
 * Compares what a destination holds with what was logged. Of hyperparameters the last value of a name counts.
 *
 * @throws RuleBroken saying what is missing, what is too much or which record is out of place
 */
export function checkHeld(
  held: readonly HeldRecord[],
  expected: readonly HeldRecord[],
  comparison: Comparison,
): void {
  const found = inLanes(held, comparison);
  const wanted = inLanes(expected, comparison);
  for (const lane of new Set([...wanted.keys(), ...found.keys()])) {
    const is = found.get(lane) ?? [];
    const should = wanted.get(lane) ?? [];
    const at = should.findIndex((text, index) => text !== is[index]);
    check(
      at < 0 && is.length === should.length,
      `${lane}: holds ${is.length} of ${should.length} records; ` +
        (at < 0
          ? `the first that was never logged is ${shorten(is[should.length])}`
          : `record ${at} should be ${shorten(should[at])}, not ${shorten(is[at])}`),
    );
  }
}

/** The records of `expected` that are not held, in any order. */
export function missingFrom(
  held: readonly HeldRecord[],
  expected: readonly HeldRecord[],
  kinds: readonly Kind[],
): readonly string[] {
  const found = new Set(held.map((record) => textOf(record)));
  return expected
    .filter(({ kind }) => kinds.includes(kind))
    .map((record) => textOf(record))
    .filter((text) => !found.has(text));
}

/** Records that must keep their order among themselves, by what they have in common. */
function inLanes(
  records: readonly HeldRecord[],
  { kinds, stamps = [], order }: Comparison,
): Map<string, string[]> {
  const lanes = new Map<string, string[]>();
  const add = (lane: string, text: string): void => {
    if (!lanes.has(lane)) lanes.set(lane, []);
    lanes.get(lane)!.push(text);
  };
  for (const record of records) {
    const { kind, name } = record;
    if (!kinds.includes(kind)) continue;
    // Stores keep the last value of each, and when it came means nothing.
    if (kind === "hyperparameter") lanes.set(`hyperparameter ${name}`, [textOf(record)]);
    else if (order === "all") add("all records", textOf(record, stamps));
    else add(order === "kind" ? `${kind}s` : `${kind} ${JSON.stringify(name)}`, textOf(record, stamps));
  }
  if (order === undefined) for (const lane of lanes.values()) lane.sort();
  return lanes;
}

function textOf(record: HeldRecord, stamps: readonly StampField[] = []): string {
  const { kind, name, value } = record;
  const stamp = Object.fromEntries(stamps.map((field) => [field, record[field]]));
  return JSON.stringify([kind, name, canonical(kind === "image" ? asPictures(value) : value), stamp]);
}

/** Pictures without what one of two lists may lack: a destination need not give pixels back. */
function asPictures(value: unknown): unknown {
  return Array.isArray(value) ? value.map(({ width, height }: Picture) => ({ width, height })) : value;
}

interface Picture {
  readonly width?: unknown;
  readonly height?: unknown;
}

/** The same text for the same data, whatever the order of keys and the type of arrays and numbers. */
function canonical(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : String(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, canonical);
  return Object.keys(value)
    .sort()
    .map((key) => [key, canonical((value as Record<string, unknown>)[key])]);
}

function shorten(text: string | undefined): string {
  if (text === undefined) return "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}... (${text.length} characters)` : text;
}
