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

/** The names of all metrics, in the order in which they first appear. Reads the runs once. */
export async function metricNames(
  paths: readonly string[],
  selection: Selection,
  onRecord: OnRecord,
): Promise<string[]> {
  const names = new Set<string>();
  for await (const { record } of metricsOf(paths, selection, onRecord)) {
    for (const name of Object.keys(record.metrics)) if (selection.metrics?.(name) !== false) names.add(name);
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
 * @returns how many rows were added
 */
export async function writeWide(
  paths: readonly string[],
  names: readonly string[],
  selection: Selection,
  sheet: Sheet,
  onRecord: OnRecord,
): Promise<number> {
  let rows = 0;
  const fixed = PLACE.length + COUNTERS.length;
  const places = new Map(names.map((name, i) => [name, fixed + i]));
  const cells = new Array<Cell>(fixed + names.length).fill(null);
  let isEmpty = true;
  const end = async (): Promise<void> => {
    if (isEmpty) return;
    await sheet.add(cells);
    rows++;
    cells.fill(null);
    isEmpty = true;
  };
  for await (const { run, record } of metricsOf(paths, selection, onRecord)) {
    const present = Object.keys(record.metrics).filter((name) => places.has(name));
    if (present.length === 0) continue;
    const { rank, session, step } = record;
    const isSame = cells[0] === run && cells[1] === rank && cells[2] === session && cells[3] === step;
    if (!isSame || present.some((name) => cells[places.get(name)!] !== null)) await end();
    setPlace(cells, run, record);
    setCounters(cells, record);
    isEmpty = false;
    for (const name of present) cells[places.get(name)!] = record.metrics[name]!;
  }
  await end();
  return rows;
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
