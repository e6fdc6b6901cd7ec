import type { Metrics, Stamp } from "@mlog/core";
import type { LastPoint, MetricLayout, MetricPart } from "./metric-part.ts";
import { MetricTable } from "./metric-table.ts";
import { mergeRows } from "./merged-rows.ts";
import type { Rows } from "./rows.ts";
import { SparseMetrics } from "./sparse-metrics.ts";

/** Sets of names that get a table of their own; the sets that come later share the sparse layout. */
export const MAX_TABLES = 256;
/** Arrays of names that are known by identity, so that no name is looked at. */
const MAX_KNOWN_ARRAYS = 512;

const NO_METRICS: MetricLayout = { parts: [], append() {} };

/** Every point of every metric, in columns. */
export class MetricStore {
  readonly #maxPoints: number;
  /** By what is quick to look at, see {@link keyOf}. */
  readonly #tables = new Map<string, MetricTable[]>();
  #tableCount = 0;
  readonly #sparse: SparseMetrics;
  readonly #layouts = new Map<readonly string[], MetricLayout>();
  readonly #parts = new Map<string, MetricPart[]>();
  #lastNames: readonly string[] = [];
  #lastLayout: MetricLayout = NO_METRICS;
  #calls = 0;

  /** `maxPoints` are kept of each metric; Infinity keeps them all. */
  constructor(maxPoints: number) {
    this.#maxPoints = maxPoints;
    this.#sparse = new SparseMetrics(maxPoints);
  }

  append(metrics: Metrics, stamp: Stamp): void {
    if (metrics.names !== this.#lastNames) this.#select(metrics.names);
    this.#lastLayout.append(this.#calls++, metrics, stamp);
  }

  /** In the order of their first points. */
  names(): string[] {
    return [...this.#parts.keys()];
  }

  /**
   * Those of a metric's points that are kept and that `choose` chooses, in logging order; undefined
   * if it was never logged. What `choose` says about a point must not depend on the others.
   */
  rows(metric: string, choose: (rows: Rows) => Rows): Rows | undefined {
    const parts = this.#parts.get(metric)?.map((part) => part.rows());
    if (parts === undefined) return undefined;
    const kept = parts.reduce((sum, rows) => sum + rows.length, 0);
    // Each part in itself is often sorted by step, and a window then found without looking at all of it.
    if (kept <= this.#maxPoints) return mergeRows(parts.map(choose));
    return choose(mergeRows(parts).slice(kept - this.#maxPoints, kept));
  }

  last(metric: string): LastPoint | undefined {
    const points = this.#parts.get(metric)?.map((part) => part.last());
    return points?.reduce((a, b) => (a.sequence > b.sequence ? a : b));
  }

  /** How many points are no longer kept. */
  get evicted(): number {
    let sum = 0;
    for (const parts of this.#parts.values()) {
      const total = parts.reduce((points, part) => points + part.total, 0);
      sum += Math.max(0, total - this.#maxPoints);
    }
    return sum;
  }

  get byteLength(): number {
    let sum = this.#sparse.byteLength;
    for (const tables of this.#tables.values()) for (const table of tables) sum += table.byteLength;
    return sum;
  }

  #select(names: readonly string[]): void {
    let layout = this.#layouts.get(names);
    if (layout === undefined) {
      layout = this.#layoutFor(names);
      for (let i = 0; i < names.length; i++) this.#addPart(names[i]!, layout.parts[i]!);
      if (this.#layouts.size === MAX_KNOWN_ARRAYS) this.#layouts.clear();
      this.#layouts.set(names, layout);
    }
    this.#lastNames = names;
    this.#lastLayout = layout;
  }

  #layoutFor(names: readonly string[]): MetricLayout {
    if (names.length === 0) return NO_METRICS;
    const key = keyOf(names);
    const alike = this.#tables.get(key) ?? [];
    const known = alike.find((table) => sameNames(table.names, names));
    if (known !== undefined) return known;
    if (this.#tableCount === MAX_TABLES) return this.#sparse.layout(names);
    const table = new MetricTable(names, this.#maxPoints);
    this.#tables.set(key, [...alike, table]);
    this.#tableCount++;
    return table;
  }

  #addPart(name: string, part: MetricPart): void {
    // A part that has points was added before its first.
    if (part.total > 0) return;
    const parts = this.#parts.get(name);
    if (parts === undefined) this.#parts.set(name, [part]);
    else parts.push(part);
  }
}

function keyOf(names: readonly string[]): string {
  return `${names.length} ${names[0]} ${names[names.length - 1]}`;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
