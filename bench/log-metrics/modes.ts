import { closeSync, fdatasyncSync, fstatSync, openSync } from "node:fs";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { Contender } from "../contenders/contender.ts";
import type { Figures } from "../harness/measure.ts";
import type { BuildRow } from "../harness/rows.ts";
import { quantile } from "../harness/statistics.ts";
import { burst, loop } from "../harness/training-loop.ts";

const CALLS_PER_BURST = 64;
/** Longer than the 5 ms in which contenders that gather by time hand over. */
const IDLE_MS = 8;

/** Bursts of calls with an idle event loop between: how long does the calling thread take? */
export async function measureBursts(contender: Contender, rows: BuildRow, bursts: number): Promise<Figures> {
  const times: number[] = [];
  for (let i = 0; i < bursts; i++) {
    await setTimeout(IDLE_MS);
    contender.nextBatch();
    times.push(burst(contender, rows, CALLS_PER_BURST));
  }
  await contender.close();
  return { ns: quantile(times, 0.5), p25: quantile(times, 0.25), p75: quantile(times, 0.75) };
}

/** As fast as the loop can, until the file is complete: time and CPU of all threads per call. */
export async function measureSustained(
  contender: Contender,
  rows: BuildRow,
  calls: number,
): Promise<Figures> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const threadCpu = process.threadCpuUsage();
  await loop(contender, rows, calls);
  const looped = performance.now();
  const complete = await closeAndWatch(contender);
  const synced = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  const thread = process.threadCpuUsage(threadCpu);
  return {
    ns: ((complete - start) * 1e6) / calls,
    loopNs: ((looped - start) * 1e6) / calls,
    syncedNs: ((synced - start) * 1e6) / calls,
    cpuNs: ((user + system) * 1e3) / calls,
    threadCpuNs: ((thread.user + thread.system) * 1e3) / calls,
  };
}

/**
 * Closes, and syncs the file so that all contenders end in the same state: closing a `FileLogger`
 * syncs, the others' does not.
 *
 * @returns when the file had all its bytes, which is before the disk has them
 */
async function closeAndWatch(contender: Contender): Promise<number> {
  const { path } = contender;
  if (path === undefined) return performance.now();
  const fd = openSync(path, "r+");
  let size = -1;
  let since = 0;
  const look = (): void => {
    const now = fstatSync(fd).size;
    if (now === size) return;
    size = now;
    since = performance.now();
  };
  const watch = setInterval(look, 1);
  await contender.close();
  clearInterval(watch);
  look();
  fdatasyncSync(fd);
  closeSync(fd);
  return since;
}

/**
 * One call per step of 1 ms. The rest of the step blocks the thread, as waiting for a device does;
 * then the event loop has a turn.
 */
export async function measureSteps(contender: Contender, rows: BuildRow, steps: number): Promise<Figures> {
  const times = new Float64Array(steps);
  const clock = new Int32Array(new SharedArrayBuffer(4));
  const cpu = process.cpuUsage();
  let next = performance.now();
  for (let i = 0; i < steps; i++) {
    contender.nextBatch();
    times[i] = burst(contender, rows, 1) / 1e3;
    next += 1;
    const rest = next - performance.now();
    if (rest > 0) Atomics.wait(clock, 0, 0, rest);
    else next = performance.now();
    await setImmediate();
  }
  await contender.close();
  const { user, system } = process.cpuUsage(cpu);
  return {
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    p999: quantile(times, 0.999),
    max: quantile(times, 1),
    cpu: (user + system) / steps,
  };
}
