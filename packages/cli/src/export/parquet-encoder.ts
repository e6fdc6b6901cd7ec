import * as zlib from "node:zlib";
import { type BasicType, type ColumnSource, fileWriter, ParquetWriter } from "hyparquet-writer";
import type { CellsOfColumn, RowGroup } from "./row-group.ts";
import type { Column } from "./sheet.ts";

/** Not in the first releases of Node 22. */
const { zstdCompressSync, constants } = zlib as Partial<Pick<typeof zlib, "zstdCompressSync">> & typeof zlib;

/** Zstandard, which is native code: half of the time went to Snappy, which is not. */
const COMPRESSION =
  zstdCompressSync === undefined
    ? ({ codec: "SNAPPY" } as const)
    : ({
        codec: "ZSTD",
        compressors: {
          ZSTD: (bytes: Uint8Array): Uint8Array =>
            zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
        },
      } as const);

type Schema = ConstructorParameters<typeof ParquetWriter>[0]["schema"];

const TYPES: Readonly<Record<Column["kind"], BasicType>> = {
  text: "STRING",
  count: "INT32",
  integer: "INT64",
  time: "INT64",
  number: "DOUBLE",
};

/** A Parquet file, written row group by row group. */
export class ParquetEncoder {
  readonly #columns: readonly Column[];
  readonly #writer: ParquetWriter;

  constructor(path: string, columns: readonly Column[]) {
    this.#columns = columns;
    this.#writer = new ParquetWriter({
      writer: fileWriter(path),
      schema: schemaOf(columns),
      createdBy: "mlog",
      ...COMPRESSION,
    });
  }

  async write({ rows, columns }: RowGroup): Promise<void> {
    await this.#writer.write({
      columnData: this.#columns.map((column, i) => sourceOf(column, columns[i]!, rows)),
      rowGroupSize: rows,
    });
  }

  async finish(): Promise<void> {
    await this.#writer.finish();
  }
}

function sourceOf({ name, kind }: Column, cells: CellsOfColumn, rows: number): ColumnSource {
  const source = { name, type: TYPES[kind] };
  const numbers = cells.numbers.subarray(0, rows);
  switch (kind) {
    case "integer":
    case "time":
      return { ...source, data: bigintsOf(numbers) };
    case "text":
      return { ...source, data: Array.from(numbers, (place) => cells.texts[place]), statistics: false };
    case "count":
      return { ...source, data: Int32Array.from(numbers), statistics: false };
    case "number": {
      const { missing } = cells;
      const data = missing === undefined ? numbers : withNulls(numbers, missing);
      return { ...source, data, statistics: false };
    }
  }
}

/** Making a bigint is what takes long, and neighbours are often the same. */
function bigintsOf(numbers: Float64Array): bigint[] {
  const bigints = new Array<bigint>(numbers.length);
  let last = NaN;
  let bigint = 0n;
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] !== last) {
      last = numbers[i]!;
      bigint = BigInt(Math.round(last));
    }
    bigints[i] = bigint;
  }
  return bigints;
}

function withNulls(numbers: Float64Array, missing: Uint8Array): (number | null)[] {
  const cells = new Array<number | null>(numbers.length);
  for (let i = 0; i < numbers.length; i++) cells[i] = missing[i] === 1 ? null : numbers[i]!;
  return cells;
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
