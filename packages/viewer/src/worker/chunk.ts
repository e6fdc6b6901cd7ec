import { columnBytes, type ColumnShape, readColumn, shapeOf, writeColumn } from "./column.ts";
import type { ColumnFile } from "./column-file.ts";
import { type Columns, type Extent, extentOf, GROUP_FIELDS, GROUP_ROWS, groupsOf } from "./extent.ts";

/** Rows that are written to the file of columns together. */
export const CHUNK_ROWS = 4096;

/** What is known of a chunk without reading it: enough to find rows, and to draw from afar. */
export interface Chunk {
  readonly rows: number;
  readonly session: number;
  /** Where it begins in its file. */
  readonly position: number;
  readonly step: ColumnShape;
  readonly time: ColumnShape;
  readonly batch: ColumnShape;
  readonly extent: Extent;
}

/** Writes rows of one session as a chunk: groups, values, then what the other columns need. */
export function writeChunk(file: ColumnFile, columns: Columns, session: number): Chunk {
  const rows = columns.value.length;
  const [step, time, batch] = [shapeOf(columns.step), shapeOf(columns.time), shapeOf(columns.batch)];
  const groups = groupsOf(columns);
  const sizes = [
    groups.byteLength,
    rows * 8,
    columnBytes(step, rows),
    columnBytes(time, rows),
    columnBytes(batch, rows),
  ];
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size));
  new Float64Array(bytes.buffer, 0, groups.length).set(groups);
  new Float64Array(bytes.buffer, groups.byteLength, rows).set(columns.value);
  let at = groups.byteLength + rows * 8;
  for (const [values, shape] of [
    [columns.step, step],
    [columns.time, time],
    [columns.batch, batch],
  ] as const) {
    writeColumn(values, shape, bytes.subarray(at));
    at += columnBytes(shape, rows);
  }
  return { rows, session, position: file.append(bytes), step, time, batch, extent: extentOf(columns.value) };
}

/** The groups of a chunk: see {@link groupsOf}. */
export function readGroups(file: ColumnFile, chunk: Chunk): Float64Array {
  const bytes = file.read(chunk.position, groupBytes(chunk.rows));
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
}

/** All rows of a chunk. */
export function readChunk(file: ColumnFile, chunk: Chunk): Columns {
  const { rows, step, time, batch } = chunk;
  const sizes = [rows * 8, columnBytes(step, rows), columnBytes(time, rows), columnBytes(batch, rows)];
  const bytes = file.read(
    chunk.position + groupBytes(rows),
    sizes.reduce((sum, size) => sum + size),
  );
  let at = rows * 8;
  const next = (shape: ColumnShape): Float64Array => {
    const values = readColumn(shape, rows, bytes.subarray(at));
    at += columnBytes(shape, rows);
    return values;
  };
  return {
    value: new Float64Array(bytes.buffer, bytes.byteOffset, rows),
    step: next(step),
    time: next(time),
    batch: next(batch),
  };
}

function groupBytes(rows: number): number {
  return Math.ceil(rows / GROUP_ROWS) * GROUP_FIELDS * 8;
}
