import type { RecordHead } from "@mlog/file";
import { metricsOf, type Selection } from "./points.ts";
import type { Cell, Column, Sheet } from "./sheet.ts";

/** What is said of every row. */
const PLACE: readonly Column[] = [
  { name: "run", kind: "text" },
  { name: "rank", kind: "count" },
  { name: "session", kind: "count" },
  { name: "step", kind: "integer" },
  { name: "time", kind: "time" },
];

/** What rows of whole records say beside. */
const COUNTERS: readonly Column[] = [
  { name: "epoch", kind: "integer" },
  { name: "batch", kind: "integer" },
  { name: "sample", kind: "integer" },
  { name: "token", kind: "integer" },
];

type OnRecord = (count: number) => void;

/** One row per value. */
export const LONG: readonly Column[] = [
  ...PLACE,
  { name: "metric", kind: "text" },
  { name: "value", kind: "number" },
];

/** @returns how many rows were added */
export async function writeLong(
  paths: readonly string[],
  selection: Selection,
  sheet: Sheet,
  onRecord: OnRecord,
): Promise<number> {
  let rows = 0;
  const cells = new Array<Cell>(LONG.length).fill(null);
  for await (const { run, record } of metricsOf(paths, selection, onRecord)) {
    setPlace(cells, run, record);
    for (const name of Object.keys(record.metrics)) {
      if (selection.metrics?.(name) === false) continue;
      cells[PLACE.length] = name;
      cells[PLACE.length + 1] = record.metrics[name]!;
      const written = sheet.add(cells);
      if (written !== undefined) await written;
      rows++;
    }
  }
  return rows;
}

/** The names of the metrics in the first records, in the order in which they first appear. */
export async function metricNames(
  paths: readonly string[],
  selection: Selection,
  records: number,
  onRecord: OnRecord,
): Promise<string[]> {
  const names = new Set<string>();
  let left = records;
  for await (const { record } of metricsOf(paths, selection, onRecord)) {
    for (const name of Object.keys(record.metrics)) if (selection.metrics?.(name) !== false) names.add(name);
    if (--left <= 0) break;
  }
  return [...names];
}

/** The columns of one row per step. A metric with the name of another column is `metric.<name>`. */
export function wideColumns(names: readonly string[]): Column[] {
  const fixed = [...PLACE, ...COUNTERS];
  const taken = new Set([...names, ...fixed.map(({ name }) => name)]);
  const free = (name: string): string => (taken.has(name) ? free(`metric.${name}`) : name);
  const isFixed = (name: string): boolean => fixed.some((column) => column.name === name);
  const metric = (name: string): Column => ({
    name: isFixed(name) ? free(name) : name,
    kind: "number",
    nullable: true,
  });
  return [...fixed, ...names.map(metric)];
}

/**
 * Records that follow one another and have the same step become one row, unless a metric comes again: then there is
 * another row, so that no value is lost.
 *
 * @returns how many rows were added, and metrics that are none of `names`: from the first of them on no row is added,
 * and all that come are found
 */
export async function writeWide(
  paths: readonly string[],
  names: readonly string[],
  selection: Selection,
  sheet: Sheet,
  onRecord: OnRecord,
): Promise<{ readonly rows: number; readonly missed: readonly string[] }> {
  let rows = 0;
  const missed = new Set<string>();
  const fixed = PLACE.length + COUNTERS.length;
  const places = new Map(names.map((name, i) => [name, fixed + i]));
  const cells = new Array<Cell>(fixed + names.length).fill(null);
  let isEmpty = true;
  const end = async (): Promise<void> => {
    if (isEmpty) return;
    const written = sheet.add(cells);
    if (written !== undefined) await written;
    rows++;
    cells.fill(null);
    isEmpty = true;
  };
  for await (const { run, record } of metricsOf(paths, selection, onRecord)) {
    const all = Object.keys(record.metrics);
    const present = selection.metrics === undefined ? all : all.filter(selection.metrics);
    for (const name of present) if (!places.has(name)) missed.add(name);
    if (present.length === 0 || missed.size > 0) continue;
    const { rank, session, step } = record;
    const isSame = cells[0] === run && cells[1] === rank && cells[2] === session && cells[3] === step;
    if (!isEmpty && (!isSame || present.some((name) => cells[places.get(name)!] !== null))) await end();
    setPlace(cells, run, record);
    setCounters(cells, record);
    isEmpty = false;
    for (const name of present) cells[places.get(name)!] = record.metrics[name]!;
  }
  if (missed.size === 0) await end();
  return { rows, missed: [...missed] };
}

function setPlace(cells: Cell[], run: string, { rank, session, step, time }: RecordHead): void {
  cells[0] = run;
  cells[1] = rank;
  cells[2] = session;
  cells[3] = step;
  cells[4] = time;
}

function setCounters(cells: Cell[], { epoch, batch, sample, token }: RecordHead): void {
  cells[5] = epoch;
  cells[6] = batch;
  cells[7] = sample;
  cells[8] = token;
}
