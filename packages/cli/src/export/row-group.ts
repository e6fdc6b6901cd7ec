import type { Cell, Column } from "./sheet.ts";

/** Rows that are written together, column by column: plain memory, which goes to another thread without being copied. */
export interface RowGroup {
  readonly rows: number;
  readonly columns: readonly CellsOfColumn[];
}

/** The cells of one column; there may be room for more than there are rows. */
export interface CellsOfColumn {
  /** The numbers; of texts, their places in `texts`. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** 1 where the cell is missing; nothing where none may be. */
  readonly missing: Uint8Array<ArrayBuffer> | undefined;
  readonly texts: readonly string[];
}

/** The cells of one column that wait. */
export class ColumnBuffer implements CellsOfColumn {
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly missing: Uint8Array<ArrayBuffer> | undefined;
  readonly texts: string[] = [];
  readonly #places: Map<string, number> = new Map();

  constructor({ nullable }: Column, rows: number) {
    this.numbers = new Float64Array(rows);
    this.missing = nullable ? new Uint8Array(rows) : undefined;
  }

  set(row: number, cell: Cell): void {
    if (typeof cell === "number") this.numbers[row] = cell;
    else if (cell !== null) this.numbers[row] = this.#placeOf(cell);
    else this.missing![row] = 1;
  }

  /** Without the means to add more. */
  toCells(): CellsOfColumn {
    const { numbers, missing, texts } = this;
    return { numbers, missing, texts };
  }

  #placeOf(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.texts.push(text) - 1;
      this.#places.set(text, place);
    }
    return place;
  }
}
