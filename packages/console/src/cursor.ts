import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";

const graphemes = new Intl.Segmenter();
const TAB = 8;

/** Where output goes on in the last row that it has begun. */
export interface Cursor {
  /** How many columns are filled up to it; as many as the terminal has if the next character wraps. */
  readonly column: number;
  /** What was written last in the row, so that it can be written again. */
  readonly last: string;
}

/** Where a row begins. */
export const ROW_START: Cursor = { column: 0, last: "" };

/** Where the cursor is after `text`, which has no line breaks, on a terminal of `columns`. */
export function cursorAfter(text: string, { column, last }: Cursor, columns: number): Cursor {
  const plain = stripVTControlCharacters(text);
  if (/^[\u0020-\u007e]*$/.test(plain)) {
    if (plain === "") return { column, last };
    return { column: ((column + plain.length - 1) % columns) + 1, last: plain.at(-1)! };
  }
  for (const { segment } of graphemes.segment(plain)) {
    if (segment === "\r") column = 0;
    else if (segment === "\t") column = nextTab(column, columns);
    else {
      const width = stringWidth(segment);
      if (width === 0) continue;
      // What does not fit into the row begins the next one.
      column = column + width > columns ? width : column + width;
      last = segment;
    }
  }
  return { column, last };
}

function nextTab(column: number, columns: number): number {
  return column < columns ? Math.min(columns - 1, (Math.floor(column / TAB) + 1) * TAB) : column;
}

/** Moves to `cursor` from the beginning of its row. */
export function moveTo({ column, last }: Cursor, columns: number): string {
  if (column < columns) return column === 0 ? "" : `\u001b[${column}C`;
  // Only writing gets there: a cursor that is moved to the last column would overwrite what is in it.
  return `\u001b[${columns - stringWidth(last)}C${last}`;
}
