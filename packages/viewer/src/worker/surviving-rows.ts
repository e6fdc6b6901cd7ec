import type { Columns } from "./extent.ts";
import type { Block, OrderColumn } from "./series.ts";

/** More rows than this are shown in the order of the log: sorting them would take too much memory. */
export const MAX_SORTED_ROWS: number = 2 ** 22;

/**
 * The rows of a series that was not logged in ascending order, or by sessions that overlap: the later
 * session wins per step, and what is left is sorted by `column`.
 */
export function survivingRows(blocks: readonly Block[], column: OrderColumn): Columns {
  const total = blocks.reduce((sum, block) => sum + block.rows, 0);
  const all: Columns = {
    step: new Float64Array(total),
    time: new Float64Array(total),
    batch: new Float64Array(total),
    value: new Float64Array(total),
  };
  const sessions = new Float64Array(total);
  const latest = new Map<number, number>();
  let start = 0;
  for (const block of blocks) {
    const columns = block.columns();
    for (const name of ["step", "time", "batch", "value"] as const) all[name].set(columns[name], start);
    sessions.fill(block.session, start, start + block.rows);
    for (const step of columns.step) latest.set(step, Math.max(latest.get(step) ?? 0, block.session));
    start += block.rows;
  }
  const order = Uint32Array.from({ length: total }, (_, row) => row).filter(
    (row) => sessions[row] === latest.get(all.step[row]!),
  );
  const by = all[column];
  order.sort((a, b) => by[a]! - by[b]! || a - b);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(order, (row) => values[row]!);
  return { step: pick(all.step), time: pick(all.time), batch: pick(all.batch), value: pick(all.value) };
}
