import type { LogSummary } from "../protocol.ts";
import { type CurveQuery, type LogCurve, readCurve } from "./curve.ts";
import { type LogIdentity, LogIndex } from "./log-index.ts";
import type { IndexRequests, Places, PlacesQuery } from "./requests.ts";

/** Rows in memory, over all logs, before they are moved to the files, in bytes. */
const MAX_HELD_BYTES = 48 * 1024 * 1024;
/** How many bytes are added between two looks at how much is held. */
const LOOK_EVERY_BYTES = 16 * 1024 * 1024;

/** The indexes of all logs, as the worker is asked for them. */
export class LogIndexes implements IndexRequests {
  readonly #logs = new Map<number, LogIndex>();
  readonly #identities = new Map<number, LogIdentity>();
  #added = 0;

  open(log: number, identity: LogIdentity): number {
    const index = new LogIndex(identity);
    this.#logs.set(log, index);
    this.#identities.set(log, identity);
    return index.position;
  }

  add(log: number, start: number, bytes: Uint8Array): number {
    const index = this.#get(log);
    index.add(start, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#added += bytes.byteLength;
    if (this.#added > LOOK_EVERY_BYTES) {
      this.#added = 0;
      let held = 0;
      for (const each of this.#logs.values()) held += each.heldBytes;
      if (held > MAX_HELD_BYTES) for (const each of this.#logs.values()) each.seal();
    }
    return index.position;
  }

  forget(log: number, andDiscard: boolean): void {
    const identity = this.#identities.get(log);
    this.#logs.delete(log);
    this.#identities.delete(log);
    if (andDiscard && identity !== undefined) LogIndex.discard(identity);
  }

  save(logs: readonly number[]): void {
    for (const log of logs) {
      const index = this.#get(log);
      if (index.unsavedBytes > 0) index.save();
    }
  }

  summaries(logs: readonly number[]): LogSummary[] {
    return logs.map((log) => this.#get(log).summary());
  }

  curves(logs: readonly number[], query: CurveQuery): (LogCurve | null)[] {
    return logs.map((log) => {
      const index = this.#get(log);
      try {
        return readCurve(index, query) ?? null;
      } finally {
        index.release();
      }
    });
  }

  places(log: number, { type, name, from, count }: PlacesQuery): Places {
    const index = this.#get(log);
    const series = index.entry(type, name);
    const first = from < 0 ? Math.max(0, (series?.count ?? 0) + from) : from;
    const places: Places = { steps: [], times: [], bytes: [] };
    let start = 0;
    try {
      for (const block of series?.blocks() ?? []) {
        const low = Math.max(0, first - start);
        const high = Math.min(block.rows, first + count - start);
        start += block.rows;
        if (low >= high) continue;
        const { step, time, value } = block.columns();
        places.steps.push(...step.subarray(low, high));
        places.times.push(...time.subarray(low, high));
        places.bytes.push(...value.subarray(low, high));
      }
      return places;
    } finally {
      index.release();
    }
  }

  #get(log: number): LogIndex {
    const index = this.#logs.get(log);
    if (index === undefined) throw new Error(`there is no log ${log}`);
    return index;
  }
}
