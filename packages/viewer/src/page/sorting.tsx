import type { Signal } from "@preact/signals";
import type { JSX } from "preact";

/** By which column rows are sorted. */
export interface Sorting {
  readonly column: number;
  readonly isDescending: boolean;
}

/** The head of a column that sorts by it, then the other way round, then not at all. */
export function SortHeader(props: {
  title: string;
  column: number;
  sorting: Signal<Sorting | undefined>;
}): JSX.Element {
  const { title, column, sorting } = props;
  const now = sorting.value?.column === column ? sorting.value : undefined;
  const next = (): void => {
    if (now === undefined) sorting.value = { column, isDescending: false };
    else sorting.value = now.isDescending ? undefined : { column, isDescending: true };
  };
  return (
    <th aria-sort={now === undefined ? "none" : now.isDescending ? "descending" : "ascending"}>
      <button type="button" class="quiet" onClick={next}>
        {title} <span class="arrow" aria-hidden="true" />
      </button>
    </th>
  );
}

/** The rows in the order of a column: numbers by size, all else as text; what is empty comes last. */
export function sortRows(
  rows: readonly (readonly unknown[])[],
  sorting: Sorting | undefined,
): readonly (readonly unknown[])[] {
  if (sorting === undefined) return rows;
  const { column, isDescending } = sorting;
  return [...rows].sort((a, b) => compare(a[column], b[column], isDescending ? -1 : 1));
}

function compare(a: unknown, b: unknown, sign: number): number {
  const [isEmptyA, isEmptyB] = [a === null || a === undefined, b === null || b === undefined];
  if (isEmptyA || isEmptyB) return Number(isEmptyA) - Number(isEmptyB);
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * textOf(a).localeCompare(textOf(b), undefined, { numeric: true });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
