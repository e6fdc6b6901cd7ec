import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Figures } from "../harness/measure.ts";
import { type BuildRow, type Metrics, ROWS } from "../harness/rows.ts";

interface Line {
  readonly type: string;
  readonly seq: number;
  readonly metrics: Metrics;
}

/**
 * Reads the file as a stranger would and compares each record with what was logged.
 *
 * @returns `lost`: calls without a record; `disordered`: records whose seq does not follow the one
 * before; `wrong`: records with other names or numbers than were logged
 */
export async function checkLines(path: string, calls: number, rows: BuildRow): Promise<Figures> {
  let found = 0;
  let disordered = 0;
  let wrong = 0;
  let last = -1;
  // The loop has counted on from the calls that settled the heap; the values repeat, so find the place.
  let first: number | undefined;
  for await (const text of createInterface({ input: createReadStream(path) })) {
    const line = JSON.parse(text) as Line;
    if (last >= 0 && line.seq !== last + 1) disordered++;
    last = line.seq;
    if (line.type !== "metrics") continue;
    first ??= placeOf(line.metrics, rows);
    if (!same(line.metrics, rows(first + found))) wrong++;
    found++;
  }
  return { lost: calls - found, disordered, wrong };
}

function placeOf(metrics: Metrics, rows: BuildRow): number {
  for (let i = 0; i < ROWS; i++) if (same(metrics, rows(i))) return i;
  throw new Error(`the first record is none that was logged: ${JSON.stringify(metrics)}`);
}

function same(a: Metrics, b: Metrics): boolean {
  const names = Object.keys(b);
  return names.length === Object.keys(a).length && names.every((name) => Object.is(a[name], b[name]));
}
