import { type BasicType, type ColumnSource, fileWriter, ParquetWriter } from "hyparquet-writer";
import type { Cell, Column, Sheet } from "./sheet.ts";

/** Rows that are held in memory and written together. With many columns there are fewer, to bound the memory. */
const GROUP_ROWS = 100_000;
const GROUP_CELLS = 2_000_000;

type Schema = ConstructorParameters<typeof ParquetWriter>[0]["schema"];

const TYPES: Readonly<Record<Column["kind"], BasicType>> = {
  text: "STRING",
  count: "INT32",
  integer: "INT64",
  time: "INT64",
  number: "DOUBLE",
};

/** A Parquet file, written row group by row group. */
export class ParquetSheet implements Sheet {
  readonly #columns: readonly ColumnBuffer[];
  readonly #writer: ParquetWriter;
  readonly #groupRows: number;
  #rows = 0;

  constructor(path: string, columns: readonly Column[]) {
    this.#groupRows = Math.max(1000, Math.min(GROUP_ROWS, Math.floor(GROUP_CELLS / columns.length)));
    this.#columns = columns.map((column) => bufferOf(column, this.#groupRows));
    this.#writer = new ParquetWriter({
      writer: fileWriter(path),
      schema: schemaOf(columns),
      createdBy: "mlog",
    });
  }

  add(cells: readonly Cell[]): Promise<void> | void {
    const columns = this.#columns;
    const row = this.#rows;
    for (let i = 0; i < columns.length; i++) columns[i]!.set(row, cells[i]!);
    this.#rows = row + 1;
    if (this.#rows === this.#groupRows) return this.#write();
  }

  async finish(): Promise<void> {
    if (this.#rows > 0) await this.#write();
    await this.#writer.finish();
  }

  async #write(): Promise<void> {
    const rows = this.#rows;
    await this.#writer.write({
      columnData: this.#columns.map((column) => column.source(rows)),
      rowGroupSize: rows,
    });
    this.#rows = 0;
  }
}

/** The cells of one column that wait. The memory is used again for each row group. */
interface ColumnBuffer {
  set(row: number, cell: Cell): void;
  source(rows: number): ColumnSource;
}

function bufferOf(column: Column, rows: number): ColumnBuffer {
  if (column.kind === "number" && !column.nullable) return new NumberBuffer(column.name, rows);
  if (column.kind === "count") return new CountBuffer(column.name, rows);
  if (column.kind === "integer" || column.kind === "time") return new IntegerBuffer(column, rows);
  return new CellBuffer(column, rows);
}

class NumberBuffer implements ColumnBuffer {
  readonly #name: string;
  readonly #cells: Float64Array;

  constructor(name: string, rows: number) {
    this.#name = name;
    this.#cells = new Float64Array(rows);
  }

  set(row: number, cell: Cell): void {
    this.#cells[row] = cell as number;
  }

  source(rows: number): ColumnSource {
    return { name: this.#name, data: this.#cells.subarray(0, rows), type: "DOUBLE", statistics: false };
  }
}

class CountBuffer implements ColumnBuffer {
  readonly #name: string;
  readonly #cells: Int32Array;

  constructor(name: string, rows: number) {
    this.#name = name;
    this.#cells = new Int32Array(rows);
  }

  set(row: number, cell: Cell): void {
    this.#cells[row] = cell as number;
  }

  source(rows: number): ColumnSource {
    return { name: this.#name, data: this.#cells.subarray(0, rows), type: "INT32", statistics: false };
  }
}

class IntegerBuffer implements ColumnBuffer {
  readonly #name: string;
  readonly #cells: bigint[];
  #last = NaN;
  #lastCell = 0n;

  constructor({ name }: Column, rows: number) {
    this.#name = name;
    this.#cells = new Array<bigint>(rows).fill(0n);
  }

  set(row: number, cell: Cell): void {
    // Making a bigint is what takes long, and neighbours are often the same.
    if (cell !== this.#last) {
      this.#last = cell as number;
      this.#lastCell = BigInt(Math.round(cell as number));
    }
    this.#cells[row] = this.#lastCell;
  }

  source(rows: number): ColumnSource {
    return { name: this.#name, data: take(this.#cells, rows), type: "INT64" };
  }
}

class CellBuffer implements ColumnBuffer {
  readonly #column: Column;
  readonly #cells: Cell[];

  constructor(column: Column, rows: number) {
    this.#column = column;
    this.#cells = new Array<Cell>(rows).fill(null);
  }

  set(row: number, cell: Cell): void {
    this.#cells[row] = cell;
  }

  source(rows: number): ColumnSource {
    const { name, kind } = this.#column;
    return { name, data: take(this.#cells, rows), type: TYPES[kind], statistics: false };
  }
}

function take<Item>(items: Item[], count: number): Item[] {
  return count === items.length ? items : items.slice(0, count);
}

function schemaOf(columns: readonly Column[]): Schema {
  return [
    { name: "root", num_children: columns.length },
    ...columns.map(({ name, kind, nullable }): Schema[number] => {
      const element = { name, repetition_type: nullable ? "OPTIONAL" : "REQUIRED" } as const;
      if (kind === "text") return { ...element, type: "BYTE_ARRAY", converted_type: "UTF8" };
      if (kind === "number") return { ...element, type: "DOUBLE" };
      if (kind === "count") return { ...element, type: "INT32" };
      if (kind === "integer") return { ...element, type: "INT64" };
      const logical_type = { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" } as const;
      return { ...element, type: "INT64", logical_type };
    }),
  ];
}
