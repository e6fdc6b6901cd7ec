import { randomSource } from "./random.ts";

/** What a training loop hands to `logMetrics`. */
export type Metrics = Record<string, number>;

/** A power of two, so that `i & (ROWS - 1)` walks around. */
export const ROWS = 1024;

/**
 * Builds the object of one call, as a literal in a loop would: same names, other values each time,
 * read from arrays prepared in advance. The caller must keep the object somewhere, or the compiler
 * removes the building for contenders that do not look into it.
 */
export type BuildRow = (i: number) => Metrics;

export function metricNames(count: number): string[] {
  const names = ["loss/train/total", "metrics/train/Accuracy", "lr-AdamW/group0", "time/samples_per_sec"];
  for (let i = names.length; i < count; i++) names.push(`l2_norm/grad/layer.${i}`);
  return names.slice(0, count);
}

/** All numbers with full precision over some orders of magnitude: nothing that prints short. */
export function metricColumns(count: number, seed = 1): Float64Array[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => {
    const scale = 10 ** (random() * 6 - 4);
    return Float64Array.from({ length: ROWS }, () => (0.1 + random()) * scale);
  });
}

/** As the source `i => ({ "a": a[i & 1023], ... })` would be compiled. */
export function rowBuilder(names: readonly string[], columns: readonly Float64Array[]): BuildRow {
  const fields = names.map((name, c) => `${JSON.stringify(name)}:c${c}[r]`);
  const source = `return i=>{const r=i&${ROWS - 1};return{${fields.join(",")}}}`;
  // oxlint-disable-next-line typescript/no-implied-eval -- a literal of 100 fields, written out, would be no clearer
  return new Function(...columns.map((_, c) => `c${c}`), source)(...columns) as BuildRow;
}

/** As {@link rowBuilder}, but each call has `perCall` names drawn at random from all. */
export function randomRowBuilder(names: readonly string[], perCall: number, seed = 1): BuildRow {
  const random = randomSource(seed);
  const values = metricColumns(1, seed)[0]!;
  return (i) => {
    const metrics: Metrics = {};
    for (let n = 0; n < perCall; n++)
      metrics[names[Math.floor(random() * names.length)]!] = values[(i + n) & (ROWS - 1)]!;
    return metrics;
  };
}
