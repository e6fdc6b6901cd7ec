import { setImmediate, setTimeout } from "node:timers/promises";
import type { Contender } from "../contenders/contender.ts";
import type { BuildRow, Metrics } from "./rows.ts";

/** Keeps each object alive beyond the call, so that building it costs the same for every contender. */
const kept: { metrics: Metrics } = { metrics: {} };

/** A loop lets go this often, as training loops do; contenders that need the event loop get it. */
const CALLS_PER_YIELD = 256;

let step = 0;

/** Calls in a row. Returns ns per call. */
export function burst(contender: Contender, rows: BuildRow, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) {
    kept.metrics = rows(step);
    contender.log(kept.metrics, step++);
  }
  return ((performance.now() - start) * 1e6) / calls;
}

/** As fast as it goes, with a turn for the event loop now and then. */
export async function loop(
  contender: Contender,
  rows: BuildRow,
  calls: number,
  callsPerYield: number = CALLS_PER_YIELD,
): Promise<void> {
  for (let done = 0; done < calls; done += callsPerYield) {
    burst(contender, rows, Math.min(callsPerYield, calls - done));
    contender.nextBatch();
    await setImmediate();
  }
}

/** Lets the compiler do its work, and leaves nothing in any buffer. */
export async function warmUp(contender: Contender, rows: BuildRow, calls: number): Promise<void> {
  await loop(contender, rows, calls);
  await contender.flush();
  globalThis.gc?.();
  await setTimeout(50);
}
