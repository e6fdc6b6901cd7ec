import { State } from "@mlog/core";
import { printFigures, readParameters } from "../harness/measure.ts";
import { metricColumns, metricNames, rowBuilder, ROWS } from "../harness/rows.ts";
import { type Store, type StoreName, STORES } from "./stores.ts";

export interface Parameters {
  readonly store: StoreName;
  readonly calls: number;
  /** Metrics per call. */
  readonly metrics: number;
  /** Objects made beforehand and used in turn, instead of one built per call. */
  readonly prepared: boolean;
}

const WARM_UP_CALLS = 3_000;
/** A power of two; few enough to stay in the processor's cache, where an object that was just built is too. */
const PREPARED = 64;

const { store: name, calls, metrics, prepared } = readParameters<Parameters>();
const names = metricNames(metrics);
const build = rowBuilder(names, metricColumns(metrics));
const objects = Array.from({ length: prepared ? PREPARED : 0 }, (_, i) => build(i * (ROWS / PREPARED)));
const rows = prepared ? (i: number) => objects[i & (PREPARED - 1)]! : build;
const state = new State({ runName: "bench" });

warmUp();
const before = heldBytes();
const store = STORES[name](state, names, calls);
const start = performance.now();
const cpu = process.cpuUsage();
fill(store, calls);
const time = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
const bytes = heldBytes() - before;
const points = calls * metrics;
printFigures({
  ns: (time * 1e6) / points,
  cpuNs: ((user + system) * 1e3) / points,
  bytes: bytes / points,
  sum: store.sum(),
});

/** In a function of its own, so that nothing of it is still held afterwards. */
function warmUp(): void {
  fill(STORES[name](state, names, WARM_UP_CALLS), WARM_UP_CALLS);
}

function fill(target: Store, count: number): void {
  for (let i = 0; i < count; i++) {
    state.nextBatch();
    target.log(rows(i));
  }
}

function heldBytes(): number {
  for (let i = 0; i < 3; i++) globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
