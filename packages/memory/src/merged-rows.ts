import { readColumn } from "./rows.ts";
import type { Rows } from "./rows.ts";
import { SEQUENCE, VALUE } from "./stamp-columns.ts";

/** Point `i` is point `index[i]` of `parts[part[i]]`. */
interface Order {
  readonly part: Uint16Array;
  readonly index: Uint32Array;
}

interface Run extends Order {
  readonly sequence: Float64Array;
}

/** Some of the points of other rows, in an order of its own, which is worked out when first needed. */
class MergedRows implements Rows {
  readonly length: number;
  readonly #parts: readonly Rows[];
  readonly #makeOrder: () => Order;
  #order: Order | undefined;

  constructor(parts: readonly Rows[], length: number, makeOrder: () => Order) {
    this.#parts = parts;
    this.length = length;
    this.#makeOrder = makeOrder;
  }

  at(column: number, index: number): number {
    const order = (this.#order ??= this.#makeOrder());
    return this.#parts[order.part[index]!]!.at(column, order.index[index]!);
  }

  fill(column: number, out: Float64Array): void {
    for (let i = 0; i < this.length; i++) out[i] = this.at(column, i);
  }

  pieces(): Float64Array[] {
    return [readColumn(this, VALUE)];
  }

  slice(from: number, to: number): Rows {
    return new MergedRows(this.#parts, to - from, () => {
      const { part, index } = (this.#order ??= this.#makeOrder());
      return { part: part.subarray(from, to), index: index.subarray(from, to) };
    });
  }

  isAscending(): boolean {
    return false;
  }
}

/** The points of all parts in the order in which they were logged. */
export function mergeRows(parts: readonly Rows[]): Rows {
  if (parts.length === 1) return parts[0]!;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return new MergedRows(parts, length, () => mergeRuns(parts.map(runOf)));
}

/** The points of `rows` at the ascending places `index`. */
export function pickRows(rows: Rows, index: Uint32Array): Rows {
  return new MergedRows([rows], index.length, () => ({ part: new Uint16Array(index.length), index }));
}

function runOf(rows: Rows, part: number): Run {
  const index = new Uint32Array(rows.length);
  for (let i = 0; i < index.length; i++) index[i] = i;
  return { sequence: readColumn(rows, SEQUENCE), part: new Uint16Array(rows.length).fill(part), index };
}

function mergeRuns(runs: readonly Run[]): Run {
  if (runs.length === 0)
    return { sequence: new Float64Array(), part: new Uint16Array(), index: new Uint32Array() };
  if (runs.length === 1) return runs[0]!;
  const middle = runs.length >> 1;
  return mergeTwo(mergeRuns(runs.slice(0, middle)), mergeRuns(runs.slice(middle)));
}

function mergeTwo(a: Run, b: Run): Run {
  const length = a.sequence.length + b.sequence.length;
  const merged = {
    sequence: new Float64Array(length),
    part: new Uint16Array(length),
    index: new Uint32Array(length),
  };
  for (let i = 0, j = 0; i + j < length;) {
    const fromA = j === b.sequence.length || (i < a.sequence.length && a.sequence[i]! < b.sequence[j]!);
    const run = fromA ? a : b;
    const at = fromA ? i : j;
    merged.sequence[i + j] = run.sequence[at]!;
    merged.part[i + j] = run.part[at]!;
    merged.index[i + j] = run.index[at]!;
    if (fromA) i++;
    else j++;
  }
  return merged;
}
