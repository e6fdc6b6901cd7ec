/** What the cells of a column are. A count is below 2^31; a time is in Unix milliseconds. */
export interface Column {
  readonly name: string;
  readonly kind: "text" | "count" | "integer" | "time" | "number";
  /** Whether cells may be missing. */
  readonly nullable?: true;
}

export type Cell = string | number | null;

/** Takes rows, one cell per column; missing cells are null. */
export interface Sheet {
  /** Copies what it needs of `cells`. A promise is to be awaited before the next row. */
  add(cells: readonly Cell[]): Promise<void> | void;
  /** Everything is in the file. */
  finish(): Promise<void>;
  /** Nothing is written any more, so that the file can be removed. */
  discard(): Promise<void>;
}

export type Format = "csv" | "json" | "parquet";
